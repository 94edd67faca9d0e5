package io.otlpevents.inspect;

import io.otlpevents.encode.ProtoFields;
import io.otlpevents.journal.SegmentOrigin;
import java.util.ArrayList;
import java.util.List;

/**
 * What people want to know of encoded records and resources.
 *
 * @see <a
 *     href="https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/logs/v1/logs.proto">OTLP
 *     logs.proto</a>
 */
final class OtlpText {

  private static final int RECORD_TIME = 1 << 3 | 1;
  private static final int RECORD_OBSERVED_TIME = 11 << 3 | 1;
  private static final int RESOURCE = 1 << 3 | 2;
  private static final int ATTRIBUTE = 1 << 3 | 2;
  private static final int KEY = 1 << 3 | 2;
  private static final int VALUE = 2 << 3 | 2;
  private static final int STRING = 1 << 3 | 2;
  private static final int BOOL = 2 << 3;
  private static final int INT = 3 << 3;

  private OtlpText() {}

  /** When a record was observed, ns since 1970; 0 if it does not say. */
  static long observedNanos(byte[] record) {
    long time = 0;
    try {
      ProtoFields fields = new ProtoFields(record);
      while (fields.next()) {
        if (fields.tag() == RECORD_OBSERVED_TIME) {
          return fields.number();
        }
        if (fields.tag() == RECORD_TIME) {
          time = fields.number();
        }
      }
    } catch (IndexOutOfBoundsException e) {
      return 0; // not of ours, though its checksum holds
    }
    return time;
  }

  /** The attributes of a resource that are text, numbers or booleans, as {@code key=value}. */
  static List<String> attributes(SegmentOrigin origin) {
    List<String> attributes = new ArrayList<>();
    try {
      ProtoFields fields = new ProtoFields(origin.resource());
      while (fields.next()) {
        if (fields.tag() == RESOURCE) {
          ProtoFields resource = fields.message();
          while (resource.next()) {
            if (resource.tag() == ATTRIBUTE) {
              attributes.add(attribute(resource.message()));
            }
          }
        }
      }
    } catch (IndexOutOfBoundsException e) {
      attributes.add("(cannot be read)");
    }
    return attributes;
  }

  private static String attribute(ProtoFields pair) {
    String key = "";
    String value = "";
    while (pair.next()) {
      if (pair.tag() == KEY) {
        key = pair.text();
      } else if (pair.tag() == VALUE) {
        value = value(pair.message());
      }
    }
    return key + "=" + value;
  }

  private static String value(ProtoFields any) {
    String value = "";
    while (any.next()) {
      value =
          switch (any.tag()) {
            case STRING -> any.text();
            case BOOL -> String.valueOf(any.number() != 0);
            case INT -> String.valueOf(any.number());
            default -> "…";
          };
    }
    return value;
  }
}
