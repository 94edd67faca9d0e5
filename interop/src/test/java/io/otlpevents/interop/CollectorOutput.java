package io.otlpevents.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.exc.StreamReadException;

/**
 * The file that the Collector's file exporter writes: each line is a request as OTLP/JSON. Read as
 * far as its lines are complete, each byte once.
 *
 * <p>A Collector that is killed may leave half a line, or a whole one without its end. The next
 * Collector continues behind it, so a line may have a torn request in front of a whole one, or two
 * whole ones.
 */
final class CollectorOutput {

  /** How every request begins; within a JSON text the quotes would be escaped. */
  private static final String REQUEST = "{\"resourceLogs\":";

  private final Path file;
  private final List<ReceivedEvent> events = new ArrayList<>();
  private long readTo;

  CollectorOutput(Path file) {
    this.file = file;
  }

  /** The events so far; none if there is no file yet. */
  synchronized List<ReceivedEvent> events() {
    String lines = readCompleteLines();
    lines.lines().forEach(line -> events.addAll(read(line)));
    return List.copyOf(events);
  }

  private String readCompleteLines() {
    if (!Files.exists(file)) {
      return "";
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(channel.size() - readTo));
      while (bytes.hasRemaining() && channel.read(bytes, readTo + bytes.position()) >= 0) {
        // Until the end.
      }
      int end = bytes.position();
      while (end > 0 && bytes.get(end - 1) != '\n') {
        end--;
      }
      readTo += end;
      return new String(bytes.array(), 0, end, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<ReceivedEvent> read(String line) {
    List<ReceivedEvent> events = new ArrayList<>();
    int start = 0;
    while (start < line.length()) {
      int next = line.indexOf(REQUEST, start + 1);
      boolean last = next < 0;
      String request = last ? line.substring(start) : line.substring(start, next);
      try {
        events.addAll(OtlpJson.read(request));
      } catch (StreamReadException e) {
        if (last) {
          throw new IllegalStateException("the Collector's output cannot be read: " + line, e);
        }
        // Torn when the Collector was killed, hence never confirmed.
      }
      start = last ? line.length() : next;
    }
    return events;
  }
}
