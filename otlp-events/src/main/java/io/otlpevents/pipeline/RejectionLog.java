package io.otlpevents.pipeline;

import io.otlpevents.ledger.Ledger;
import io.otlpevents.ledger.RejectReason;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people that events are refused: at once, then at most once a minute for each reason. Safe
 * for any number of threads.
 */
final class RejectionLog {

  private static final Logger logger = LoggerFactory.getLogger(EventPipeline.class);
  private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Ledger ledger;
  private final AtomicLongArray quietUntil = new AtomicLongArray(RejectReason.values().length);

  RejectionLog(Ledger ledger) {
    this.ledger = ledger;
    long now = System.nanoTime();
    for (int i = 0; i < quietUntil.length(); i++) {
      quietUntil.set(i, now);
    }
  }

  void tell(RejectReason reason) {
    int index = reason.ordinal();
    long now = System.nanoTime();
    long until = quietUntil.get(index);
    if (now - until >= 0 && quietUntil.compareAndSet(index, until, now + QUIET_NANOS)) {
      logger.warn(
          "Events are refused ({}): {} since the start",
          reason,
          ledger.snapshot().rejected().get(reason));
    }
  }
}
