package io.otlpevents.inspect;

import io.otlpevents.encode.JsonTranscoder;
import io.otlpevents.journal.SegmentOrigin;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes records as OTLP/JSON, an {@code ExportLogsServiceRequest} on each line, as the Collector's
 * file exporter does and its {@code otlpjsonfile} receiver reads.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/">OpenTelemetry
 *     Protocol File Exporter</a>
 */
final class JsonLines {

  /** As protobuf; the receiver reads lines of up to 1 MiB unless it is told otherwise. */
  private static final int LINE_BYTES = 128 * 1024;

  /** Field 1 of the request and field 2 of the two others, all length-delimited. */
  private static final int RESOURCE_LOGS = 1 << 3 | 2;

  private static final int NESTED = 2 << 3 | 2;

  private final OutputStream out;
  private final ByteArrayOutputStream records = new ByteArrayOutputStream();
  private @Nullable SegmentOrigin origin;
  private long written;

  JsonLines(OutputStream out) {
    this.out = out;
  }

  /**
   * Adds a record.
   *
   * @throws UncheckedIOException if the line before cannot be written
   */
  void add(SegmentOrigin from, ByteBuffer bytes, int offset, int length) {
    SegmentOrigin present = origin;
    if (present != null && (!isSame(present, from) || records.size() + length > LINE_BYTES)) {
      flush();
    }
    origin = from;
    byte[] record = new byte[length];
    bytes.get(offset, record);
    nested(records, NESTED, record);
    written++;
  }

  private static boolean isSame(SegmentOrigin one, SegmentOrigin other) {
    return one == other
        || Arrays.equals(one.resource(), other.resource())
            && Arrays.equals(one.scope(), other.scope());
  }

  /** Writes what was added. */
  void flush() {
    SegmentOrigin present = origin;
    if (present == null) {
      return;
    }
    ByteArrayOutputStream scopeLogs = new ByteArrayOutputStream();
    scopeLogs.writeBytes(present.scope());
    scopeLogs.writeBytes(records.toByteArray());
    ByteArrayOutputStream resourceLogs = new ByteArrayOutputStream();
    resourceLogs.writeBytes(present.resource());
    nested(resourceLogs, NESTED, scopeLogs.toByteArray());
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    nested(request, RESOURCE_LOGS, resourceLogs.toByteArray());
    try {
      JsonTranscoder.transcode(request.toByteArray(), out);
      out.write('\n');
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    records.reset();
    origin = null;
  }

  /** How many records were added. */
  long written() {
    return written;
  }

  private static void nested(ByteArrayOutputStream to, int tag, byte[] content) {
    to.write(tag);
    int rest = content.length;
    while ((rest & ~0x7F) != 0) {
      to.write(rest & 0x7F | 0x80);
      rest >>>= 7;
    }
    to.write(rest);
    to.writeBytes(content);
  }
}
