package io.otlpevents.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A segment's file, mapped. */
final class SegmentFile implements Piece {

  final StoreDirectory store;
  final Path path;
  private final Piece mapped;

  SegmentFile(StoreDirectory store, Path path, Piece mapped) {
    this.store = store;
    this.path = path;
    this.mapped = mapped;
  }

  @Override
  public ByteBuffer buffer() {
    return mapped.buffer();
  }

  @Override
  public void force(int from, int length) throws IOException {
    mapped.force(from, length);
  }

  @Override
  public void forceEntry() throws IOException {
    store.forceEntry(this);
  }

  @Override
  public CursorFile cursors() {
    return store.cursors();
  }
}
