package io.otlpevents.delivery;

import io.otlpevents.ledger.EvictionReason;
import io.otlpevents.ledger.RefusalReason;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the dispatcher tells people: a destination's failing and recovering once each, everything
 * that may come in floods at most once a minute for each kind. For one thread.
 */
final class DeliveryLog {

  private static final Logger logger = LoggerFactory.getLogger(Dispatcher.class);
  private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final int LONGEST_MESSAGE = 300;

  private final String destination;
  private final Throttle partial = new Throttle();
  private final Throttle warned = new Throttle();

  /** One for each reason, so that a frequent one does not hide a rare one. */
  private final Map<RefusalReason, Throttle> refused = new EnumMap<>(RefusalReason.class);

  private final Throttle internal = new Throttle();
  private final Map<EvictionReason, Throttle> lost = new EnumMap<>(EvictionReason.class);
  private boolean failing;
  private long failingSince;

  DeliveryLog(String destination) {
    this.destination = destination;
  }

  void failing(String reason) {
    if (!failing) {
      failing = true;
      failingSince = System.nanoTime();
      logger.warn(
          "Events cannot be delivered to {} at present and wait in the journal: {}",
          destination,
          printable(reason));
    }
  }

  void recovered() {
    if (failing) {
      failing = false;
      logger.info(
          "Events are delivered to {} again after {} s",
          destination,
          TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - failingSince));
    }
  }

  void partial(long rejected, String message) {
    if (rejected == 0) {
      warn(message);
      return;
    }
    if (partial.admits(rejected)) {
      logger.warn(
          "{} rejected {} events, which are not sent again: {}",
          destination,
          partial.take(),
          printable(message));
    }
  }

  /** The receiver took everything, and has something to say. */
  private void warn(String message) {
    if (!message.isEmpty() && warned.admits(1)) {
      logger.warn("{} warns about events that it took: {}", destination, printable(message));
      warned.take();
    }
  }

  void refused(RefusalReason reason, long count, String message) {
    Throttle throttle = refused.computeIfAbsent(reason, first -> new Throttle());
    if (throttle.admits(count)) {
      logger.error(
          "{} refused {} events for good ({}): {}",
          destination,
          throttle.take(),
          reason,
          printable(message));
    }
  }

  void lost(EvictionReason reason, long count) {
    Throttle throttle = lost.computeIfAbsent(reason, any -> new Throttle());
    if (throttle.admits(count)) {
      logger.error(
          "{} events left the journal without having been sent to {} ({})",
          throttle.take(),
          destination,
          reason);
    }
  }

  void kept(long count) {
    logger.info(
        "{} events wait on disk until {} can be reached by a next process", count, destination);
  }

  void evicted(long count) {
    logger.warn("{} events were not delivered to {} before it closed", count, destination);
  }

  void abandoned() {
    logger.error("{} does not return, so what was left for it is given up", destination);
  }

  void internalError(Throwable e) {
    if (internal.admits(1)) {
      logger.error("Delivery to {} met an error and goes on", destination, e);
    }
  }

  /** Text from elsewhere, made harmless for a log: one line, no control characters, bounded. */
  static String printable(String text) {
    StringBuilder safe = new StringBuilder(Math.min(text.length(), LONGEST_MESSAGE));
    for (int i = 0; i < text.length() && safe.length() < LONGEST_MESSAGE; i++) {
      char c = text.charAt(i);
      safe.append(Character.isISOControl(c) || c == '\u2028' || c == '\u2029' ? ' ' : c);
    }
    if (text.length() > LONGEST_MESSAGE) {
      safe.append("...");
    }
    return safe.toString();
  }

  /** Lets one message through in a while and adds up the counts of those it holds back. */
  private static final class Throttle {

    private long count;
    private long quietUntil = System.nanoTime();

    boolean admits(long more) {
      count += more;
      return System.nanoTime() - quietUntil >= 0;
    }

    long take() {
      long taken = count;
      count = 0;
      quietUntil = System.nanoTime() + QUIET_NANOS;
      return taken;
    }
  }
}
