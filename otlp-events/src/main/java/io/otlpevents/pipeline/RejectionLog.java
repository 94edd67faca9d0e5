package io.otlpevents.pipeline;

import io.otlpevents.ledger.Ledger;
import io.otlpevents.ledger.RejectReason;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people that events are refused: at once, then at most once a minute for each reason, and
 * how many it were in the end. Safe for any number of threads. Never throws, whatever the logging
 * system does: the ledger has counted the event by then, and a second count would upset the
 * balance.
 */
final class RejectionLog {

  private static final Logger logger = LoggerFactory.getLogger(EventPipeline.class);

  private final Ledger ledger;

  /** What was told of each reason last. */
  private final AtomicLongArray told = new AtomicLongArray(RejectReason.values().length);

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
        long count = ledger.snapshot().rejected().getOrDefault(reason, 0L);
        told.set(reason.ordinal(), count);
        logger.warn("Events are refused ({}): {} since the start", reason, count);
      }
    } catch (Throwable e) {
      // There is nowhere left to tell it.
      return;
    }
  }

  /** At the end: what was refused since it was last told. */
  void tellRest() {
    try {
      ledger.snapshot().rejected().forEach(this::tellRest);
    } catch (Throwable e) {
      // There is nowhere left to tell it.
      return;
    }
  }

  private void tellRest(RejectReason reason, long count) {
    if (count > told.getAndSet(reason.ordinal(), count)) {
      logger.warn("Events were refused ({}): {} in all", reason, count);
    }
  }
}
