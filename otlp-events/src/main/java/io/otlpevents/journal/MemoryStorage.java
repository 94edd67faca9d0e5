package io.otlpevents.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Keeps segments in direct memory, outside the heap. They end with the process. */
final class MemoryStorage implements Storage {

  @Override
  public Piece allocate(int size) throws IOException {
    try {
      ByteBuffer buffer = ByteBuffer.allocateDirect(size);
      return () -> buffer;
    } catch (OutOfMemoryError e) {
      throw new IOException("the process has no more direct memory (-XX:MaxDirectMemorySize)", e);
    }
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
