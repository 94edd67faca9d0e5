package io.otlpevents.console;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.resource.v1.Resource;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A log record as it arrived, with the resource and scope it arrived under. Records without an
 * event name are kept too, so that a sender which forgets the name can be seen. Immutable.
 *
 * @param sequence position in the order of arrival, beginning with 1; never reused
 * @param receivedAt when the receiver took it
 * @param transport how it came in
 * @param resource the resource of its group, the default instance when the request named none
 * @param resourceSchemaUrl schema URL of the resource group, empty when not given
 * @param scope the instrumentation scope, the default instance when the request named none
 * @param scopeSchemaUrl schema URL of the scope group, empty when not given
 * @param logRecord the record itself, unchanged
 */
public record ReceivedEvent(
    long sequence,
    Instant receivedAt,
    Transport transport,
    Resource resource,
    String resourceSchemaUrl,
    InstrumentationScope scope,
    String scopeSchemaUrl,
    LogRecord logRecord) {

  private static final int TRACE_ID_BYTES = 16;
  private static final int SPAN_ID_BYTES = 8;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /** The event's name, empty when the record has none. */
  public String eventName() {
    return logRecord.getEventName();
  }

  /** When the event happened; empty when the sender did not say. */
  public Optional<Instant> time() {
    return instant(logRecord.getTimeUnixNano());
  }

  /** When the event was observed; empty when the sender did not say. */
  public Optional<Instant> observedTime() {
    return instant(logRecord.getObservedTimeUnixNano());
  }

  /** Trace id as 32 lower-case hexadecimal digits; empty when missing or invalid. */
  public String traceId() {
    return hex(logRecord.getTraceId(), TRACE_ID_BYTES);
  }

  /** Span id as 16 lower-case hexadecimal digits; empty when missing or invalid. */
  public String spanId() {
    return hex(logRecord.getSpanId(), SPAN_ID_BYTES);
  }

  /** The first attribute of the record with this key. */
  public Optional<AnyValue> attribute(String key) {
    return logRecord.getAttributesList().stream()
        .filter(attribute -> attribute.getKey().equals(key))
        .findFirst()
        .map(KeyValue::getValue);
  }

  /** OTLP times are unsigned, and zero means unknown. */
  private static Optional<Instant> instant(long unixNano) {
    if (unixNano == 0) {
      return Optional.empty();
    }
    return Optional.of(
        Instant.ofEpochSecond(
            Long.divideUnsigned(unixNano, NANOS_PER_SECOND),
            Long.remainderUnsigned(unixNano, NANOS_PER_SECOND)));
  }

  /** The protocol asks receivers to treat an id of another length, or of zeros, as missing. */
  private static String hex(ByteString id, int expectedBytes) {
    if (id.size() != expectedBytes) {
      return "";
    }
    for (int i = 0; i < expectedBytes; i++) {
      if (id.byteAt(i) != 0) {
        return HexFormat.of().formatHex(id.toByteArray());
      }
    }
    return "";
  }
}
