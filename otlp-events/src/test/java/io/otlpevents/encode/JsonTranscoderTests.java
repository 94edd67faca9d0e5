package io.otlpevents.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonTranscoderTests {

  private static final String[] TEXTS = {
    "", "plain", "\"\\/\b\f\n\r\t\0\u001f\u007f", "\u00e9\u20ac\u2028", "\ud83d\ude00"
  };
  private static final double[] DOUBLES = {
    0, -0.0, 1e300, Double.MIN_VALUE, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY
  };

  @Test
  void saysTheSameAsTheOfficialClasses() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      ExportLogsServiceRequest request = request(random);
      JsonElement json = JsonParser.parseString(transcode(request.toByteArray()));
      ExportLogsServiceRequest.Builder parsed = ExportLogsServiceRequest.newBuilder();
      read(json.getAsJsonObject(), parsed);
      assertThat(parsed.build()).as("seed %d, request %d", seed, i).isEqualTo(request);
    }
  }

  @Test
  void replacesWhatIsNoUtf8() throws IOException {
    byte[] record = {98, 4, (byte) 0xC0, (byte) 0x80, 'a', (byte) 0xED};
    byte[] request = {10, 10, 18, 8, 18, 6, 98, 4, 0, 0, 0, 0};
    System.arraycopy(record, 0, request, 6, record.length);
    assertThat(transcode(request)).contains("\"eventName\":\"\ufffd\ufffda\ufffd\"");
  }

  @Test
  void refusesWhatIsNoRequest() {
    byte[] request = ExportLogsServiceRequest.newBuilder().build().toByteArray();
    assertThat(request).isEmpty();
    assertThatThrownBy(() -> transcode(new byte[] {10, 99, 1}))
        .isInstanceOf(JsonTranscoder.MalformedRequestException.class);
  }

  private static String transcode(byte[] request) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    JsonTranscoder.transcode(request, out);
    return out.toString(StandardCharsets.UTF_8);
  }

  private static ExportLogsServiceRequest request(Random random) {
    ExportLogsServiceRequest.Builder request = ExportLogsServiceRequest.newBuilder();
    for (int r = random.nextInt(3); r >= 0; r--) {
      var logs = request.addResourceLogsBuilder().setSchemaUrl(text(random));
      logs.getResourceBuilder().addAttributes(keyValue(random, 2)).setDroppedAttributesCount(-1);
      var scope = logs.addScopeLogsBuilder();
      scope.getScopeBuilder().setName(text(random)).setVersion(text(random));
      for (int i = random.nextInt(5); i >= 0; i--) {
        LogRecord.Builder record =
            scope
                .addLogRecordsBuilder()
                .setTimeUnixNano(random.nextLong())
                .setObservedTimeUnixNano(random.nextLong())
                .setSeverityNumber(SeverityNumber.forNumber(random.nextInt(25)))
                .setBody(value(random, 3))
                .setDroppedAttributesCount(random.nextInt())
                .setFlags(random.nextInt())
                .setTraceId(bytes(random, 16))
                .setSpanId(bytes(random, 8))
                .setEventName(text(random));
        for (int k = random.nextInt(4); k > 0; k--) {
          record.addAttributes(keyValue(random, 3));
        }
      }
    }
    return request.build();
  }

  private static KeyValue keyValue(Random random, int depth) {
    return KeyValue.newBuilder().setKey(text(random)).setValue(value(random, depth)).build();
  }

  private static AnyValue value(Random random, int depth) {
    AnyValue.Builder value = AnyValue.newBuilder();
    switch (random.nextInt(depth > 0 ? 8 : 6)) {
      case 0 -> value.setStringValue(text(random));
      case 1 -> value.setBoolValue(random.nextBoolean());
      case 2 -> value.setIntValue(random.nextLong());
      case 3 -> value.setDoubleValue(DOUBLES[random.nextInt(DOUBLES.length)]);
      case 4 -> value.setBytesValue(bytes(random, random.nextInt(10)));
      case 6 -> {
        for (int i = random.nextInt(4); i >= 0; i--) {
          value.getArrayValueBuilder().addValues(value(random, depth - 1));
        }
      }
      case 7 -> {
        for (int i = random.nextInt(4); i >= 0; i--) {
          value.getKvlistValueBuilder().addValues(keyValue(random, depth - 1));
        }
      }
      default -> {}
    }
    return value.build();
  }

  private static String text(Random random) {
    return TEXTS[random.nextInt(TEXTS.length)].repeat(1 + random.nextInt(2));
  }

  private static ByteString bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  private static void read(JsonObject json, Message.Builder message) {
    json.entrySet()
        .forEach(
            entry -> {
              FieldDescriptor field =
                  message.getDescriptorForType().getFields().stream()
                      .filter(candidate -> candidate.getJsonName().equals(entry.getKey()))
                      .findFirst()
                      .orElseThrow();
              if (field.isRepeated()) {
                JsonArray array = entry.getValue().getAsJsonArray();
                array.forEach(one -> message.addRepeatedField(field, read(one, field, message)));
              } else {
                message.setField(field, read(entry.getValue(), field, message));
              }
            });
  }

  private static Object read(JsonElement json, FieldDescriptor field, Message.Builder parent) {
    return switch (field.getType()) {
      case MESSAGE -> {
        Message.Builder message = parent.newBuilderForField(field);
        read(json.getAsJsonObject(), message);
        yield message.build();
      }
      case STRING -> json.getAsString();
      case BOOL -> json.getAsBoolean();
      case DOUBLE -> Double.valueOf(json.getAsString());
      case ENUM -> field.getEnumType().findValueByNumber(json.getAsInt());
      case UINT32, FIXED32 -> (int) json.getAsLong();
      case FIXED64 -> {
        assertThat(json.getAsJsonPrimitive().isString()).isTrue();
        yield Long.parseUnsignedLong(json.getAsString());
      }
      case INT64 -> {
        assertThat(json.getAsJsonPrimitive().isString()).isTrue();
        yield Long.parseLong(json.getAsString());
      }
      case BYTES ->
          ByteString.copyFrom(
              field.getName().endsWith("_id")
                  ? HexFormat.of().parseHex(json.getAsString())
                  : Base64.getDecoder().decode(json.getAsString()));
      default -> throw new IllegalStateException(field.getFullName());
    };
  }
}
