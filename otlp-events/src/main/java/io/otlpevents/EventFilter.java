package io.otlpevents;

/**
 * Decides whether an event is emitted at all. An event needs the consent of every filter; one that
 * is refused is counted and reported as {@link EmitResult#FILTERED}.
 *
 * <p>Runs on the emitting thread, after the minimum severity and before sampling, encoding and
 * storage. Called by many threads at once; should be quick, and must not emit events itself.
 *
 * <p>A filter that throws, be it an exception or an {@link Error}, consents: a faulty filter must
 * not lose events, nor reach the business code. That it threw is logged at most once a minute.
 */
@FunctionalInterface
public interface EventFilter {

  /**
   * Whether the event may be emitted.
   *
   * @param event valid only during this call
   */
  boolean test(EventView event);
}
