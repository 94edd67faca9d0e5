package io.otlpevents.actuate;

import io.otlpevents.pipeline.EventPipeline;
import java.time.Clock;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/**
 * What became of the events, how full the journal is, and how the destinations are doing.
 * Read-only; shows no event, no header and no setting.
 */
@Endpoint(id = "emittedevents")
public final class EmittedEventsEndpoint {

  private final EventPipeline pipeline;
  private final Clock clock;

  /**
   * Creates the endpoint.
   *
   * @param clock tells the age of events that wait
   */
  public EmittedEventsEndpoint(EventPipeline pipeline, Clock clock) {
    this.pipeline = pipeline;
    this.clock = clock;
  }

  /** All figures. While events flow they may be apart by those under way. */
  @ReadOperation
  public EmittedEvents emittedEvents() {
    return EmittedEvents.of(pipeline, clock.instant());
  }
}
