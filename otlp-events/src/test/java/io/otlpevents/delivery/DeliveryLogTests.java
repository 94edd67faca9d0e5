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
  private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
  private final DeliveryLog log = new DeliveryLog("collector");

  @BeforeEach
  void listen() {
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    appender.start();
    logger.addAppender(appender);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(appender);
    logger.setLevel(null);
    logger.setAdditive(true);
  }

  @Test
  void aFrequentReasonDoesNotHideARareOne() {
    for (int i = 0; i < 1000; i++) {
      log.refused(RefusalReason.INVALID_REQUEST, 1, "malformed");
    }
    log.refused(RefusalReason.UNAUTHENTICATED, 7, "token expired");

    assertThat(messages())
        .containsExactly(
            "collector refused 1 events for good (INVALID_REQUEST): malformed",
            "collector refused 7 events for good (UNAUTHENTICATED): token expired");
  }

  @Test
  void noWordOfAReceiverBreaksTheLine() {
    log.refused(RefusalReason.OTHER, 1, "bad\r\nERROR forged\u2028\u0000 \u001b[31mred\u0085");

    assertThat(messages())
        .containsExactly(
            "collector refused 1 events for good (OTHER): bad  ERROR forged    [31mred ");
  }

  private List<String> messages() {
    return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
