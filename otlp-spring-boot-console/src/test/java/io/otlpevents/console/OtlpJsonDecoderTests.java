package io.otlpevents.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OtlpJsonDecoderTests {

  @Test
  void decodesEachFieldAndKindOfValue() throws Exception {
    assertThat(decode(Exports.FULL_JSON)).isEqualTo(Exports.of(Exports.FULL_RECORD));
  }

  @Test
  void takesNullAsMissing() throws Exception {
    assertThat(decode("{\"resourceLogs\": null}"))
        .isEqualTo(ExportLogsServiceRequest.getDefaultInstance());
    assertThat(logRecord("\"eventName\": null, \"body\": {\"stringValue\": null}"))
        .isEqualTo(LogRecord.newBuilder().setBody(AnyValue.getDefaultInstance()).build());
  }

  @Test
  void keepsWhichKindAnEmptyValueHas() throws Exception {
    assertThat(body("{\"stringValue\": \"\"}").getValueCase())
        .isEqualTo(AnyValue.ValueCase.STRING_VALUE);
    assertThat(body("{\"arrayValue\": {}}").getValueCase())
        .isEqualTo(AnyValue.ValueCase.ARRAY_VALUE);
    assertThat(body("{\"intValue\": 0}").getValueCase()).isEqualTo(AnyValue.ValueCase.INT_VALUE);
    assertThat(body("{}").getValueCase()).isEqualTo(AnyValue.ValueCase.VALUE_NOT_SET);
  }

  @Test
  void ignoresSnakeCaseNamesAsUnknownFields() throws Exception {
    assertThat(logRecord("\"event_name\": \"a\"")).isEqualTo(LogRecord.getDefaultInstance());
  }

  @Test
  void keepsSeverityNumbersItDoesNotKnow() throws Exception {
    assertThat(logRecord("\"severityNumber\": 99").getSeverityNumberValue()).isEqualTo(99);
  }

  @ParameterizedTest
  @CsvSource({
    "-5, -5",
    "'\"-5\"', -5",
    "1.2e3, 1200",
    "-9223372036854775808, -9223372036854775808",
    "'\"9223372036854775807\"', 9223372036854775807"
  })
  void readsIntegersFromNumbersAndStrings(String json, long expected) throws Exception {
    assertThat(body("{\"intValue\": " + json + "}").getIntValue()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "'\"1.5\"', 1.5", "'\"NaN\"', NaN", "'\"-Infinity\"', -Infinity"})
  void readsDoublesFromNumbersAndStrings(String json, Double expected) throws Exception {
    assertThat(body("{\"doubleValue\": " + json + "}").getDoubleValue()).isEqualTo(expected);
  }

  @Test
  void readsTimesAsUnsigned() throws Exception {
    assertThat(logRecord("\"timeUnixNano\": \"18446744073709551615\"").getTimeUnixNano())
        .isEqualTo(-1L);
    assertThat(logRecord("\"flags\": 4294967295").getFlags()).isEqualTo(-1);
  }

  @Test
  void readsUrlSafeBase64WithoutPadding() throws Exception {
    assertThat(body("{\"bytesValue\": \"-_8\"}").getBytesValue().toByteArray())
        .containsExactly(0xfb, 0xff);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "[]",
        "{\"resourceLogs\": []",
        "{} {}",
        "{\"resourceLogs\": {}}",
        "{\"resourceLogs\": [null]}",
        "{\"resourceLogs\": [1]}"
      })
  void refusesWhatIsNoRequest(String json) {
    assertThatThrownBy(() -> decode(json)).isInstanceOf(MalformedRequestException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"traceId\": \"abc\" | traceId",
        "\"traceId\": \"W47/95gDgQPSabYzgT/GDA==\" | traceId",
        "\"traceId\": 5 | traceId",
        "\"severityNumber\": \"SEVERITY_NUMBER_INFO\" | severityNumber",
        "\"severityNumber\": \"9\" | severityNumber",
        "\"severityNumber\": 4294967296 | severityNumber",
        "\"timeUnixNano\": -1 | timeUnixNano",
        "\"timeUnixNano\": \"18446744073709551616\" | timeUnixNano",
        "\"timeUnixNano\": \"99999999999999999999999999999999\" | timeUnixNano",
        "\"timeUnixNano\": \"\" | timeUnixNano",
        "\"timeUnixNano\": 1.5 | timeUnixNano",
        "\"timeUnixNano\": 1e400 | timeUnixNano",
        "\"timeUnixNano\": true | timeUnixNano",
        "\"flags\": -1 | flags",
        "\"eventName\": 1 | eventName",
        "\"eventName\": \"\\ud800\" | eventName",
        "\"eventName\": \"\\udc00\\ud800\" | eventName",
        "\"attributes\": {} | attributes",
        "\"body\": {\"intValue\": \"x\"} | intValue",
        "\"body\": {\"intValue\": 9223372036854775808} | intValue",
        "\"body\": {\"boolValue\": \"true\"} | boolValue",
        "\"body\": {\"doubleValue\": \"x\"} | doubleValue",
        "\"body\": {\"doubleValue\": \"1.5f\"} | doubleValue",
        "\"body\": {\"doubleValue\": \"1e\"} | doubleValue",
        "\"body\": {\"doubleValue\": false} | doubleValue",
        "\"body\": {\"bytesValue\": \"*\"} | bytesValue",
        "\"body\": \"text\" | body"
      })
  void refusesWrongValuesAndNamesTheField(String members, String field) {
    assertThatThrownBy(() -> logRecord(members))
        .isInstanceOf(MalformedRequestException.class)
        .hasMessageContaining(field);
  }

  @Test
  void refusesBottomlessNesting() {
    String nested = "{\"arrayValue\":{\"values\":[".repeat(10_000) + "{}" + "]}}".repeat(10_000);
    assertThatThrownBy(() -> body(nested)).isInstanceOf(MalformedRequestException.class);
  }

  private static AnyValue body(String json) throws MalformedRequestException {
    return logRecord("\"body\": " + json).getBody();
  }

  private static LogRecord logRecord(String members) throws MalformedRequestException {
    return decode("{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{" + members + "}]}]}]}")
        .getResourceLogs(0)
        .getScopeLogs(0)
        .getLogRecords(0);
  }

  private static ExportLogsServiceRequest decode(String json) throws MalformedRequestException {
    return OtlpJsonDecoder.decode(json.getBytes(StandardCharsets.UTF_8));
  }
}
