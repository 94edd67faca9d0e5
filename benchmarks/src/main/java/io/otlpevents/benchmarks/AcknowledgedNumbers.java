package io.otlpevents.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;

/** Which events the receiver has confirmed. Safe for any number of threads. */
final class AcknowledgedNumbers {

  private final BitSet numbers = new BitSet();

  synchronized void add(BitSet more) {
    numbers.or(more);
  }

  synchronized void writeTo(Path file) throws IOException {
    Files.write(file, numbers.toByteArray());
  }

  static BitSet readFrom(Path file) throws IOException {
    return BitSet.valueOf(Files.readAllBytes(file));
  }
}
