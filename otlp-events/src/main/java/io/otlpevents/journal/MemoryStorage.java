package io.otlpevents.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Keeps segments in direct memory, outside the heap. They end with the process. */
final class MemoryStorage implements Storage {

  @Override
  public Piece allocate(int size) throws IOException {
    ByteBuffer buffer = DirectMemory.allocate(size);
    return () -> buffer;
  }

  @Override
  public void discard(Piece piece) {
    // The memory returns with the next collection.
  }

  @Override
  public boolean isSlow() {
    return false;
  }

  @Override
  public List<StoredSegment> recover() {
    return List.of();
  }
}
