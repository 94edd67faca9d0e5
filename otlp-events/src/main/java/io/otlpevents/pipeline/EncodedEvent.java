package io.otlpevents.pipeline;

import io.otlpevents.DeferredEvent;
import io.otlpevents.EmitResult;
import java.util.concurrent.atomic.AtomicBoolean;

/** A record that is encoded, or the reason why not, until it is emitted. */
final class EncodedEvent implements DeferredEvent {

  private final JournalingEventEmitter emitter;
  private final EmitResult encoded;
  private final byte[] record;
  private final int length;
  private final boolean isProtected;
  private final AtomicBoolean spent = new AtomicBoolean();

  EncodedEvent(
      JournalingEventEmitter emitter,
      EmitResult encoded,
      byte[] record,
      int length,
      boolean isProtected) {
    this.emitter = emitter;
    this.encoded = encoded;
    this.record = record;
    this.length = length;
    this.isProtected = isProtected;
  }

  @Override
  public EmitResult emit() {
    return spent.compareAndSet(false, true)
        ? emitter.emit(encoded, record, length, isProtected)
        : emitter.emitSpent();
  }
}
