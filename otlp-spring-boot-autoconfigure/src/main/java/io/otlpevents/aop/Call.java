package io.otlpevents.aop;

import io.opentelemetry.context.Context;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One call of an annotated method, from its beginning to its end; for one thread at a time. */
final class Call {

  static final int RESULT = -1;
  static final int ERROR = -2;

  final @Nullable Object[] arguments;
  final Context context;

  /** When the call began; 0 if nobody asks. */
  final long startNanos;

  /** The event's time, in nanoseconds since 1970; 0 for the moment it is emitted. */
  final long epochNanos;

  /** The context of whoever subscribed to the result; null for a call without subscription. */
  final @Nullable Object subscriber;

  @Nullable Object result;
  @Nullable Throwable error;

  private Call(
      @Nullable Object[] arguments,
      Context context,
      long startNanos,
      long epochNanos,
      @Nullable Object subscriber) {
    this.subscriber = subscriber;
    this.arguments = arguments;
    this.context = context;
    this.startNanos = startNanos;
    this.epochNanos = epochNanos;
  }

  /** A call whose result is there when it returns. */
  static Call begin(@Nullable Object[] arguments, boolean timed) {
    return new Call(arguments, Context.current(), timed ? System.nanoTime() : 0, 0, null);
  }

  /** A call that may end later: the array is copied, because proxies may use it again. */
  static Call beginLater(@Nullable Object[] arguments) {
    return new Call(arguments.clone(), Context.current(), System.nanoTime(), epochNanos(), null);
  }

  /**
   * The same call as it begins when its result is subscribed to.
   *
   * @param subscription with the span
   * @param context Reactor's
   */
  Call subscribed(Context subscription, Object context) {
    return new Call(arguments, subscription, System.nanoTime(), epochNanos(), context);
  }

  private static long epochNanos() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }

  Call returned(@Nullable Object value) {
    result = value;
    return this;
  }

  Call failed(Throwable failure) {
    error = failure;
    return this;
  }

  /** An argument, or {@link #RESULT}, or {@link #ERROR}. */
  @Nullable Object variable(int index) {
    return switch (index) {
      case RESULT -> result;
      case ERROR -> error;
      default -> arguments[index];
    };
  }
}
