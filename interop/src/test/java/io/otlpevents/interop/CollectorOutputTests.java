package io.otlpevents.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectorOutputTests {

  @TempDir Path directory;

  private Path file;
  private CollectorOutput output;

  @BeforeEach
  void create() {
    file = directory.resolve("logs.json");
    output = new CollectorOutput(file);
  }

  @Test
  void hasNothingBeforeThereIsAFile() {
    assertThat(output.events()).isEmpty();
  }

  @Test
  void leavesALineAloneUntilItIsComplete() throws IOException {
    String request = request("größe");
    append(request + "\n" + request.substring(0, request.indexOf('ö') + 1));
    assertThat(names()).containsExactly("größe");

    append(request.substring(request.indexOf('ö') + 1));
    assertThat(names()).containsExactly("größe");

    append("\n");
    assertThat(names()).containsExactly("größe", "größe");
  }

  @Test
  void passesOverWhatAKilledCollectorLeftAtEveryLength() throws IOException {
    String torn = request("torn");
    for (int length = 1; length < torn.length(); length++) {
      append(torn.substring(0, length) + request("whole") + "\n");
    }

    assertThat(names()).hasSize(torn.length() - 1).containsOnly("whole");
  }

  @Test
  void readsBothRequestsOfALineWithoutEnd() throws IOException {
    append(request("first") + request("second") + "\n");

    assertThat(names()).containsExactly("first", "second");
  }

  @Test
  void refusesWhatIsNoJson() throws IOException {
    append(request("first").replace("]", "") + "\n");

    assertThatThrownBy(() -> output.events()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void refusesAFieldItDoesNotKnow() throws IOException {
    append(request("first").replace("eventName", "eventname") + "\n");

    assertThatThrownBy(() -> output.events())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("eventname");
  }

  @Test
  void readsNumbersAsTheyAreWritten() throws IOException {
    append(
        """
        {"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"18446744073709551615",\
        "body":{},"attributes":[\
        {"key":"zero","value":{"doubleValue":-0}},\
        {"key":"nan","value":{"doubleValue":"NaN"}},\
        {"key":"infinity","value":{"doubleValue":"-Infinity"}},\
        {"key":"int","value":{"intValue":"-9223372036854775808"}},\
        {"key":"bytes","value":{"bytesValue":"AP8="}},\
        {"key":"nothing","value":{}}],\
        "traceId":"0102030405060708090a0b0c0d0e0fff"}]}]}]}
        """);

    LogRecord record = output.events().get(0).record();
    assertThat(Long.toUnsignedString(record.getTimeUnixNano())).isEqualTo("18446744073709551615");
    assertThat(record.hasBody()).isFalse();
    assertThat(record.getTraceId().byteAt(15)).isEqualTo((byte) 0xff);
    assertThat(record.getAttributesList())
        .extracting(KeyValue::getValue)
        .containsExactly(
            AnyValue.newBuilder().setDoubleValue(-0.0).build(),
            AnyValue.newBuilder().setDoubleValue(Double.NaN).build(),
            AnyValue.newBuilder().setDoubleValue(Double.NEGATIVE_INFINITY).build(),
            AnyValue.newBuilder().setIntValue(Long.MIN_VALUE).build(),
            AnyValue.newBuilder().setBytesValue(ByteString.copyFrom(new byte[] {0, -1})).build(),
            AnyValue.getDefaultInstance());
  }

  private static String request(String name) {
    return "{\"resourceLogs\":[{\"resource\":{},\"scopeLogs\":[{\"scope\":{},\"logRecords\":["
        + "{\"body\":{\"stringValue\":\"{\\\"resourceLogs\\\":\"},\"eventName\":\""
        + name
        + "\"}]}]}]}";
  }

  private void append(String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private List<String> names() {
    return output.events().stream().map(event -> event.record().getEventName()).toList();
  }
}
