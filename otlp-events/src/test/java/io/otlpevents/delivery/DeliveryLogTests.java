package io.otlpevents.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.otlpevents.ledger.RefusalReason;
import java.util.List;
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

  @Test
  void aFrequentReasonDoesNotHideARareOne() {
    for (int i = 0; i < 1000; i++) {
      log.refused(RefusalReason.INVALID_REQUEST, 1, "malformed");
    }
    log.refused(RefusalReason.UNAUTHENTICATED, 7, "token expired");

    assertThat(messages())
        .containsExactly(
            "otlp refused 1 events for good (INVALID_REQUEST): malformed",
            "otlp refused 7 events for good (UNAUTHENTICATED): token expired");
  }

  @Test
  void noWordOfAReceiverBreaksTheLine() {
    log.refused(RefusalReason.OTHER, 1, "bad\r\nERROR forged\u2028\u0000 \u001b[31mred\u0085");

    assertThat(messages())
        .containsExactly("otlp refused 1 events for good (OTHER): bad  ERROR forged    [31mred ");
  }

  private List<String> messages() {
    return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
