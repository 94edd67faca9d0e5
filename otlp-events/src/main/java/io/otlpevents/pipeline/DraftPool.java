package io.otlpevents.pipeline;

import io.otlpevents.encode.EventDraft;
import io.otlpevents.encode.EventEncoder;
import io.otlpevents.journal.Claim;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Keeps drafts for the next event, each with the claim it is appended by. Bounded, without locks,
 * and not bound to threads: ten thousand virtual threads share what as many platform threads as
 * there are cores would use. When all are out, a new draft is made and left to the garbage
 * collector if there is no place for it later.
 */
final class DraftPool {

  /** Slots lie apart so that threads which use neighbours do not share a cache line. */
  private static final int STRIDE = 16;

  private final EventEncoder encoder;
  private final int mask;
  private final AtomicReferenceArray<@Nullable EventDraft> slots;

  DraftPool(EventEncoder encoder) {
    this.encoder = encoder;
    int size = Integer.highestOneBit(Runtime.getRuntime().availableProcessors() * 4 - 1) * 2;
    this.mask = size - 1;
    this.slots = new AtomicReferenceArray<>(size * STRIDE);
  }

  EventDraft take() {
    int slot = slot();
    EventDraft draft = slots.getAndSet(slot, null);
    if (draft == null) {
      draft = slots.getAndSet(slot ^ STRIDE, null);
      if (draft == null) {
        draft = encoder.newDraft(new Claim());
      }
    }
    return draft;
  }

  void giveBack(EventDraft draft) {
    draft.clear();
    int slot = slot();
    if (slots.getPlain(slot) != null) {
      slot ^= STRIDE;
    }
    slots.setRelease(slot, draft);
  }

  private int slot() {
    long id = Thread.currentThread().getId();
    return ((int) (id * 0x9E3779B97F4A7C15L >>> 32) & mask) * STRIDE;
  }
}
