package io.otlpevents;

/**
 * Adds attributes to events on their way, such as the tenant of the current request.
 *
 * <p>Of attributes with the same key, the one that the event sets itself wins, in a payload too;
 * then that of the earliest enricher, then the application's default attribute.
 *
 * <p>Runs on the emitting thread for events that filters and sampling have let pass, before
 * encoding and redaction. Called by many threads at once; should be quick, and must not emit events
 * itself.
 *
 * <p>An enricher that throws, be it an exception or an {@link Error}, is skipped for this event,
 * which goes on with what was added until then. That it threw is logged at most once a minute.
 */
@FunctionalInterface
public interface EventEnricher {

  /**
   * Adds attributes.
   *
   * @param event valid only during this call; shows what was added so far
   * @param attributes where to put them; valid only during this call
   */
  void enrich(EventView event, AttributeSink attributes);
}
