package io.otlpevents.pipeline;

import io.otlpevents.ledger.Ledger;
import io.otlpevents.ledger.RejectReason;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people that events are refused: at once, then at most once a minute for each reason. Safe
 * for any number of threads. Never throws, whatever the logging system does: the ledger has counted
 * the event by then, and a second count would upset the balance.
 */
final class RejectionLog {

  private static final Logger logger = LoggerFactory.getLogger(EventPipeline.class);

  private final Ledger ledger;
  private final OncePerMinute[] gates = new OncePerMinute[RejectReason.values().length];

  RejectionLog(Ledger ledger, LongSupplier nanoTime) {
    this.ledger = ledger;
    for (int i = 0; i < gates.length; i++) {
      gates[i] = new OncePerMinute(nanoTime);
    }
  }

  void tell(RejectReason reason) {
    try {
      if (gates[reason.ordinal()].isDue()) {
        logger.warn(
            "Events are refused ({}): {} since the start",
            reason,
            ledger.snapshot().rejected().get(reason));
      }
    } catch (Throwable e) {
      // There is nowhere left to tell it.
      return;
    }
  }
}
