package io.otlpevents;

/**
 * An event that was built and waits for the moment to be emitted, such as the commit of a
 * transaction. One that is never emitted leaves nothing behind and is not counted.
 *
 * <p>May be passed to another thread. Emitting it a second time is refused as {@link
 * EmitResult#INVALID}.
 */
@FunctionalInterface
public interface DeferredEvent {

  /**
   * Emits the event with the time, the trace and the values of when it was built. Waits only where
   * the overflow policy says so.
   *
   * @return what became of it; never null
   */
  EmitResult emit();
}
