package io.otlpevents.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class DeliveryLogTests {

  private final Logger logger = (Logger) LoggerFactory.getLogger(Dispatcher.class);
  private final Level level = logger.getLevel();
  private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
  private final DeliveryLog log = new DeliveryLog("otlp");

  @BeforeEach
  void listen() {
    appender.start();
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    logger.addAppender(appender);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(appender);
    logger.setAdditive(true);
    logger.setLevel(level);
  }

  @Test
  void tellsAWarningOnceInAWhileAndDoesNotTakeItForARejection() {
    log.partial(0, "old\nclient");
    log.partial(0, "old client");
    assertThat(appender.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly("otlp warns about events that it took: old client");
  }

  @Test
  void aWarningDoesNotSilenceARejection() {
    log.partial(0, "old client");
    log.partial(2, "too old");
    assertThat(appender.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .last()
        .isEqualTo("otlp rejected 2 events, which are not sent again: too old");
  }
}
