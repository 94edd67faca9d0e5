package io.otlpevents.actuate;

import io.otlpevents.delivery.DestinationStatus;
import io.otlpevents.delivery.DestinationStatus.State;
import io.otlpevents.ledger.RejectReason;
import io.otlpevents.pipeline.EventPipeline;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * Whether events arrive.
 *
 * <ul>
 *   <li>{@code DOWN}: events are being lost, because the journal was full within the last minute.
 *   <li>{@link #DEGRADED}: events wait because a receiver is away, or it refused some within the
 *       last minute. Nothing that the application could do better by being restarted or by getting
 *       fewer requests, so Spring Boot's overall status does not take notice of it.
 *   <li>{@code UP}: events arrive, or there are none.
 * </ul>
 */
public final class EmittedEventsHealthIndicator extends AbstractHealthIndicator {

  /** Events wait, or some were refused. */
  public static final Status DEGRADED = new Status("DEGRADED");

  private static final Duration RECENT = Duration.ofMinutes(1);

  private final EventPipeline pipeline;
  private final Clock clock;

  /**
   * Creates the indicator.
   *
   * @param clock tells what happened within the last minute
   */
  public EmittedEventsHealthIndicator(EventPipeline pipeline, Clock clock) {
    super("The state of emitted events cannot be told");
    this.pipeline = pipeline;
    this.clock = clock;
  }

  @Override
  protected void doHealthCheck(Health.Builder builder) {
    boolean full = isRecent(pipeline.ledger().lastRejected(RejectReason.JOURNAL_FULL));
    boolean degraded = false;
    Map<String, Object> destinations = new LinkedHashMap<>();
    for (DestinationStatus status : pipeline.destinations()) {
      degraded |= status.state() != State.FLOWING || isRecent(status.lastErrorAt());
      destinations.put(status.destination(), details(status));
    }
    builder
        .status(full ? Status.DOWN : degraded ? DEGRADED : Status.UP)
        .withDetail("journalFill", Math.round(pipeline.journalFill() * 1000) / 1000.0)
        .withDetail("pending", pipeline.ledger().snapshot().pending())
        .withDetail("destinations", destinations);
    if (full) {
      builder.withDetail("reason", "The journal is full, and events are rejected");
    }
  }

  private static Map<String, Object> details(DestinationStatus status) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("state", status.state());
    details.put("since", status.since());
    String error = status.lastError();
    Instant errorAt = status.lastErrorAt();
    if (error != null && errorAt != null) {
      details.put("lastError", error);
      details.put("lastErrorAt", errorAt);
    }
    return details;
  }

  private boolean isRecent(@Nullable Instant instant) {
    return instant != null
        && Duration.between(instant, clock.instant()).abs().compareTo(RECENT) < 0;
  }
}
