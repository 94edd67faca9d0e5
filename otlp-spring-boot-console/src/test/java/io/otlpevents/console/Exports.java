package io.otlpevents.console;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import io.opentelemetry.proto.resource.v1.Resource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/** Requests that the tests send. */
final class Exports {

  static final String TRACE_ID = "5b8efff798038103d269b633813fc60c";
  static final String SPAN_ID = "eee19b7ec3c1b174";

  static final Resource RESOURCE =
      Resource.newBuilder().addAttributes(attribute("service.name", text("shop"))).build();

  static final InstrumentationScope SCOPE =
      InstrumentationScope.newBuilder().setName("io.otlpevents").setVersion("1.2").build();

  /** A record with every field and every kind of value. */
  static final LogRecord FULL_RECORD =
      LogRecord.newBuilder()
          .setTimeUnixNano(1_544_712_660_300_000_001L)
          .setObservedTimeUnixNano(1_544_712_660_400_000_000L)
          .setSeverityNumber(SeverityNumber.SEVERITY_NUMBER_INFO2)
          .setSeverityText("notice")
          .setEventName("order.placed")
          .setBody(text("Order \"1\" placed </script>"))
          .addAttributes(attribute("order.id", text("ä€😀")))
          .addAttributes(attribute("order.express", AnyValue.newBuilder().setBoolValue(true)))
          .addAttributes(
              attribute("order.number", AnyValue.newBuilder().setIntValue(Long.MAX_VALUE)))
          .addAttributes(attribute("order.items", AnyValue.newBuilder().setIntValue(3)))
          .addAttributes(attribute("order.total", AnyValue.newBuilder().setDoubleValue(9.5)))
          .addAttributes(
              attribute(
                  "order.seal", AnyValue.newBuilder().setBytesValue(ByteString.fromHex("fbff00"))))
          .addAttributes(
              attribute(
                  "order.tags",
                  AnyValue.newBuilder()
                      .setArrayValue(
                          ArrayValue.newBuilder()
                              .addValues(text("a"))
                              .addValues(AnyValue.getDefaultInstance()))))
          .addAttributes(
              attribute(
                  "order.customer",
                  AnyValue.newBuilder()
                      .setKvlistValue(
                          KeyValueList.newBuilder().addValues(attribute("vip", text(""))))))
          .setDroppedAttributesCount(2)
          .setFlags(0x101)
          .setTraceId(ByteString.fromHex(TRACE_ID))
          .setSpanId(ByteString.fromHex(SPAN_ID))
          .build();

  private Exports() {}

  /** One request with one resource and scope, and a record for each name. */
  static ExportLogsServiceRequest named(String... names) {
    LogRecord[] records = new LogRecord[names.length];
    for (int i = 0; i < names.length; i++) {
      records[i] = LogRecord.newBuilder().setEventName(names[i]).build();
    }
    return of(records);
  }

  static ExportLogsServiceRequest of(LogRecord... records) {
    ScopeLogs.Builder scopeLogs =
        ScopeLogs.newBuilder().setScope(SCOPE).setSchemaUrl("https://schema/scope");
    for (LogRecord logRecord : records) {
      scopeLogs.addLogRecords(logRecord);
    }
    return ExportLogsServiceRequest.newBuilder()
        .addResourceLogs(
            ResourceLogs.newBuilder()
                .setResource(RESOURCE)
                .setSchemaUrl("https://schema/resource")
                .addScopeLogs(scopeLogs))
        .build();
  }

  /** A record with a body of so many characters, which gzip makes very small. */
  static ExportLogsServiceRequest ofSize(int characters) {
    return of(LogRecord.newBuilder().setBody(text("x".repeat(characters))).build());
  }

  static AnyValue text(String value) {
    return AnyValue.newBuilder().setStringValue(value).build();
  }

  static KeyValue attribute(String key, AnyValue value) {
    return KeyValue.newBuilder().setKey(key).setValue(value).build();
  }

  static KeyValue attribute(String key, AnyValue.Builder value) {
    return attribute(key, value.build());
  }

  static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  /** The same as {@code of(FULL_RECORD)}, as a sender of OTLP/JSON would write it. */
  static final String FULL_JSON =
      """
      {"resourceLogs": [{
        "resource": {"attributes": [
          {"key": "service.name", "value": {"stringValue": "shop"}}]},
        "schemaUrl": "https://schema/resource",
        "scopeLogs": [{
          "scope": {"name": "io.otlpevents", "version": "1.2"},
          "schemaUrl": "https://schema/scope",
          "logRecords": [{
            "timeUnixNano": "1544712660300000001",
            "observedTimeUnixNano": 1544712660400000000,
            "severityNumber": 10,
            "severityText": "notice",
            "eventName": "order.placed",
            "body": {"stringValue": "Order \\"1\\" placed </script>"},
            "attributes": [
              {"key": "order.id", "value": {"stringValue": "ä\\u20ac\\ud83d\\ude00"}},
              {"key": "order.express", "value": {"boolValue": true}},
              {"key": "order.number", "value": {"intValue": "9223372036854775807"}},
              {"key": "order.items", "value": {"intValue": 3}},
              {"key": "order.total", "value": {"doubleValue": 9.5}},
              {"key": "order.seal", "value": {"bytesValue": "+/8A"}},
              {"key": "order.tags", "value": {"arrayValue": {"values": [
                {"stringValue": "a"}, {}]}}},
              {"key": "order.customer", "value": {"kvlistValue": {"values": [
                {"key": "vip", "value": {"stringValue": ""}}]}}}
            ],
            "droppedAttributesCount": 2,
            "flags": 257,
            "traceId": "5B8EFFF798038103D269B633813FC60C",
            "spanId": "eee19b7ec3c1b174",
            "someFieldOfTheFuture": {"x": [1]}
          }]
        }]
      }]}
      """;
}
