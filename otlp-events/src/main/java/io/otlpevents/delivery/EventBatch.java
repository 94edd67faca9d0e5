package io.otlpevents.delivery;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Events that travel together: the bytes of one OTLP {@code ExportLogsServiceRequest}. Immutable
 * once a destination sees it; safe for any number of threads.
 *
 * <p>The events' bytes are a heap copy of the journal's, so that a destination which still writes
 * an attempt that was given up on can never send what the journal holds there by then.
 *
 * @see <a
 *     href="https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/collector/logs/v1/logs_service.proto">OTLP
 *     logs_service.proto</a>
 */
public final class EventBatch {

  /** Field 2, length-delimited: both {@code scope_logs} and {@code log_records}. */
  private static final byte NESTED = 2 << 3 | 2;

  /** Field 1, length-delimited: {@code resource_logs}. */
  private static final byte RESOURCE_LOGS = 1 << 3 | 2;

  private static final int INITIAL = 16 * 1024;
  private static final int PIECE = 8 * 1024;

  private final byte[] resource;
  private final byte[] scope;
  private final int limit;
  private byte[] records;
  private int size;
  private int count;

  EventBatch(byte[] resource, byte[] scope, int limit, byte[] reused) {
    this.resource = resource;
    this.scope = scope;
    this.limit = limit;
    this.records = reused;
  }

  /** Stands in for a batch that has come to its end. */
  static final EventBatch NONE = new EventBatch(new byte[0], new byte[0], 0, new byte[0]);

  /** Adds a record from the journal unless the batch has events and would grow past its limit. */
  boolean add(ByteBuffer source, int offset, int length) {
    int framed = 1 + varintSize(length) + length;
    if (count > 0 && size + framed > limit) {
      return false;
    }
    if (size + framed > records.length) {
      int grown = Math.max(Math.max(INITIAL, size + framed), 2 * records.length);
      records = Arrays.copyOf(records, Math.max(size + framed, Math.min(grown, limit)));
    }
    records[size++] = NESTED;
    size = putVarint(records, size, length);
    source.get(offset, records, size, length);
    size += length;
    count++;
    return true;
  }

  /** The same events in two batches, the first with the first half of them. */
  EventBatch[] split() {
    int half = count / 2;
    int boundary = 0;
    for (int i = 0; i < half; i++) {
      boundary = afterRecord(boundary);
    }
    return new EventBatch[] {part(0, boundary, half), part(boundary, size, count - half)};
  }

  private EventBatch part(int from, int to, int events) {
    EventBatch part = new EventBatch(resource, scope, limit, Arrays.copyOfRange(records, from, to));
    part.size = to - from;
    part.count = events;
    return part;
  }

  private int afterRecord(int position) {
    int at = position + 1;
    int length = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = records[at++];
      length |= (next & 0x7F) << shift;
      if (next >= 0) {
        return at + length;
      }
    }
  }

  /** How many events there are. */
  public int count() {
    return count;
  }

  /** The request's length in bytes. */
  public int contentLength() {
    return nested(resourceLogsLength());
  }

  /**
   * Writes the request. May be called again.
   *
   * @throws IOException whatever the stream throws
   */
  public void writeTo(OutputStream out) throws IOException {
    byte[] lengths = new byte[12];
    lengths[0] = RESOURCE_LOGS;
    out.write(lengths, 0, putVarint(lengths, 1, resourceLogsLength()));
    out.write(resource);
    lengths[0] = NESTED;
    out.write(lengths, 0, putVarint(lengths, 1, scopeLogsLength()));
    out.write(scope);
    // In pieces of the size that HTTP clients copy to: given all at once, they would set aside that
    // much memory again before the first byte leaves.
    for (int at = 0; at < size; at += PIECE) {
      out.write(records, at, Math.min(PIECE, size - at));
    }
  }

  private int resourceLogsLength() {
    return resource.length + nested(scopeLogsLength());
  }

  private int scopeLogsLength() {
    return scope.length + size;
  }

  /** The length of the events' part of the request in bytes. */
  int size() {
    return size;
  }

  /** The array to build another batch in; only when nobody sees this one any more. */
  byte[] storage() {
    return records;
  }

  private static int nested(int length) {
    return 1 + varintSize(length) + length;
  }

  private static int varintSize(int value) {
    return (38 - Integer.numberOfLeadingZeros(value | 1)) / 7;
  }

  private static int putVarint(byte[] target, int position, int value) {
    int at = position;
    int rest = value;
    while ((rest & ~0x7F) != 0) {
      target[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    target[at++] = (byte) rest;
    return at;
  }
}
