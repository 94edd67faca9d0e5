package io.otlpevents.benchmarks;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;

/**
 * The numbers of the events in what the Collector's file exporter has written. Looks for the
 * attribute's text rather than parse the JSON, so a line that a kill has torn apart costs nothing
 * but the event it was torn in.
 *
 * @param numbers the distinct numbers
 * @param total how often a number came, so that {@code total} less the distinct ones are duplicates
 */
record ArrivedNumbers(BitSet numbers, long total) {

  private static final String MARK =
      "{\"key\":\"" + SampleEvent.NUMBER + "\",\"value\":{\"intValue\":\"";

  static ArrivedNumbers readFrom(Path file) throws IOException {
    if (!Files.exists(file)) {
      return new ArrivedNumbers(new BitSet(), 0);
    }
    try (Reader text = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
      return scan(text);
    }
  }

  static ArrivedNumbers scan(Reader text) throws IOException {
    BitSet numbers = new BitSet();
    long total = 0;
    int matched = 0;
    int c = text.read();
    while (c >= 0) {
      // Going back further is not needed: what follows the mark's second brace in an attribute is
      // never another attribute.
      matched = c == MARK.charAt(matched) ? matched + 1 : c == MARK.charAt(0) ? 1 : 0;
      c = text.read();
      if (matched == MARK.length()) {
        matched = 0;
        long number = -1;
        while (c >= '0' && c <= '9') {
          number = Math.max(0, number) * 10 + c - '0';
          c = text.read();
        }
        if (c == '"' && number >= 0) {
          numbers.set((int) number);
          total++;
        }
      }
    }
    return new ArrivedNumbers(numbers, total);
  }

  long duplicates() {
    return total - numbers.cardinality();
  }
}
