package io.otlpevents.encode;

/**
 * Protobuf tags of the OTLP messages, each a field number and a wire type in one byte.
 *
 * @see <a
 *     href="https://github.com/open-telemetry/opentelemetry-proto/tree/main/opentelemetry/proto">OTLP
 *     protocol buffers</a>
 */
final class Otlp {

  static final int RECORD_TIME = fixed64(1);
  static final int RECORD_SEVERITY = varint(2);
  static final int RECORD_BODY = message(5);
  static final int RECORD_ATTRIBUTE = message(6);
  static final int RECORD_DROPPED_ATTRIBUTES = varint(7);
  static final int RECORD_FLAGS = fixed32(8);
  static final int RECORD_TRACE_ID = message(9);
  static final int RECORD_SPAN_ID = message(10);
  static final int RECORD_OBSERVED_TIME = fixed64(11);
  static final int RECORD_EVENT_NAME = message(12);

  static final int KEY = message(1);
  static final int VALUE = message(2);

  static final int VALUE_STRING = message(1);
  static final int VALUE_BOOL = varint(2);
  static final int VALUE_INT = varint(3);
  static final int VALUE_DOUBLE = fixed64(4);
  static final int VALUE_ARRAY = message(5);
  static final int VALUE_KEY_VALUES = message(6);
  static final int VALUE_BYTES = message(7);

  /** The repeated field of both {@code ArrayValue} and {@code KeyValueList}. */
  static final int ELEMENT = message(1);

  static final int RESOURCE_ATTRIBUTE = message(1);
  static final int SCOPE_NAME = message(1);
  static final int SCOPE_VERSION = message(2);

  static final int RESOURCE = message(1);
  static final int SCOPE = message(1);
  static final int SCHEMA_URL = message(3);

  private Otlp() {}

  private static int varint(int field) {
    return field << 3;
  }

  private static int fixed64(int field) {
    return field << 3 | 1;
  }

  private static int message(int field) {
    return field << 3 | 2;
  }

  private static int fixed32(int field) {
    return field << 3 | 5;
  }
}
