package io.otlpevents.console;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import java.math.BigInteger;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Decodes OTLP/JSON. It differs from Protobuf's own JSON mapping in three points: trace and span
 * ids are hexadecimal, enumerations are integers only, and unknown fields are ignored. Walking the
 * message descriptors keeps it complete when the protocol grows.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding">JSON Protobuf
 *     encoding</a>
 */
final class OtlpJsonDecoder {

  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private static final Set<String> HEX_FIELDS = Set.of("trace_id", "span_id", "parent_span_id");

  private static final BigInteger UINT64_LIMIT = BigInteger.ONE.shiftLeft(64);
  private static final long UINT32_MAX = 0xFFFF_FFFFL;

  /** Up to here a double holds each integer exactly. */
  private static final double EXACT_DOUBLE_LIMIT = 0x1p53;

  private static final Pattern NUMBER = Pattern.compile("NaN|-?Infinity|-?[0-9][0-9.eE+-]*");

  private static final Map<Descriptor, Map<String, FieldDescriptor>> FIELDS_BY_JSON_NAME =
      new ConcurrentHashMap<>();

  private OtlpJsonDecoder() {}

  static ExportLogsServiceRequest decode(byte[] json) throws MalformedRequestException {
    JsonNode root;
    try {
      root = MAPPER.readTree(json);
    } catch (JacksonException e) {
      throw new MalformedRequestException("Not valid JSON: " + e.getOriginalMessage(), e);
    }
    ExportLogsServiceRequest.Builder request = ExportLogsServiceRequest.newBuilder();
    mergeObject(root, request, "request");
    return request.build();
  }

  private static void mergeObject(JsonNode node, Message.Builder target, String name)
      throws MalformedRequestException {
    if (!node.isObject()) {
      throw wrongType(name, "an object", node);
    }
    Map<String, FieldDescriptor> fields = fieldsOf(target.getDescriptorForType());
    for (Map.Entry<String, JsonNode> property : node.properties()) {
      @Nullable FieldDescriptor field = fields.get(property.getKey());
      JsonNode value = property.getValue();
      if (field == null || value.isNull()) {
        continue;
      }
      if (!field.isRepeated()) {
        target.setField(field, value(value, field, target));
        continue;
      }
      if (!value.isArray()) {
        throw wrongType(field.getJsonName(), "an array", value);
      }
      for (JsonNode element : value) {
        target.addRepeatedField(field, value(element, field, target));
      }
    }
  }

  private static Object value(JsonNode node, FieldDescriptor field, Message.Builder parent)
      throws MalformedRequestException {
    String name = field.getJsonName();
    return switch (field.getType()) {
      case MESSAGE -> {
        Message.Builder nested = parent.newBuilderForField(field);
        mergeObject(node, nested, name);
        yield nested.build();
      }
      case STRING -> text(node, name);
      case BYTES ->
          ByteString.copyFrom(
              HEX_FIELDS.contains(field.getName()) ? hex(node, name) : base64(node, name));
      case BOOL -> {
        if (!node.isBoolean()) {
          throw wrongType(name, "a boolean", node);
        }
        yield node.booleanValue();
      }
      case DOUBLE -> floatingPoint(node, name);
      case ENUM -> {
        if (!node.isIntegralNumber()) {
          throw wrongType(name, "an integer", node);
        }
        yield field.getEnumType().findValueByNumberCreatingIfUnknown(int32(node, name));
      }
      case INT32, SINT32, SFIXED32 -> int32(node, name);
      case UINT32, FIXED32 -> (int) inRange(integer(node, name), 0, UINT32_MAX, name);
      case INT64, SINT64, SFIXED64 ->
          inRange(integer(node, name), Long.MIN_VALUE, Long.MAX_VALUE, name);
      case UINT64, FIXED64 -> uint64(node, name);
      default ->
          throw new IllegalStateException("OTLP has no " + field.getType() + " fields: " + name);
    };
  }

  private static String text(JsonNode node, String name) throws MalformedRequestException {
    if (!node.isString()) {
      throw wrongType(name, "a string", node);
    }
    String text = node.stringValue();
    // JSON can escape half a surrogate pair; a Protobuf string, and UTF-8, cannot hold it.
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (i + 1 == text.length()
            || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
          throw new MalformedRequestException(name + " is not valid Unicode");
        }
        i++;
      }
    }
    return text;
  }

  private static byte[] hex(JsonNode node, String name) throws MalformedRequestException {
    try {
      return HexFormat.of().parseHex(text(node, name));
    } catch (IllegalArgumentException e) {
      throw new MalformedRequestException(name + " is not hexadecimal", e);
    }
  }

  /** Accepts the URL-safe alphabet and missing padding too, as Protobuf's JSON mapping demands. */
  private static byte[] base64(JsonNode node, String name) throws MalformedRequestException {
    try {
      return Base64.getDecoder().decode(text(node, name).replace('-', '+').replace('_', '/'));
    } catch (IllegalArgumentException e) {
      throw new MalformedRequestException(name + " is not Base64", e);
    }
  }

  private static double floatingPoint(JsonNode node, String name) throws MalformedRequestException {
    if (node.isNumber()) {
      return node.doubleValue();
    }
    // Java spells NaN and the infinities as the JSON mapping does, but takes suffixes and more.
    if (!node.isString() || !NUMBER.matcher(node.stringValue()).matches()) {
      throw wrongType(name, "a number", node);
    }
    try {
      return Double.parseDouble(node.stringValue());
    } catch (NumberFormatException e) {
      throw new MalformedRequestException(name + " is not a number", e);
    }
  }

  private static BigInteger integer(JsonNode node, String name) throws MalformedRequestException {
    if (node.isIntegralNumber()) {
      return node.bigIntegerValue();
    }
    if (node.isNumber()) {
      double value = node.doubleValue();
      if (value == Math.rint(value) && Math.abs(value) <= EXACT_DOUBLE_LIMIT) {
        return BigInteger.valueOf((long) value);
      }
      throw wrongType(name, "an integer", node);
    }
    if (!node.isString()) {
      throw wrongType(name, "an integer", node);
    }
    String digits = node.stringValue();
    // Nothing longer fits in 64 bits, and converting very long digits takes quadratic time.
    if (digits.length() > 20) {
      throw outOfRange(name);
    }
    try {
      return new BigInteger(digits);
    } catch (NumberFormatException e) {
      throw new MalformedRequestException(name + " is not an integer", e);
    }
  }

  private static int int32(JsonNode node, String name) throws MalformedRequestException {
    return (int) inRange(integer(node, name), Integer.MIN_VALUE, Integer.MAX_VALUE, name);
  }

  private static long uint64(JsonNode node, String name) throws MalformedRequestException {
    BigInteger value = integer(node, name);
    if (value.signum() < 0 || value.compareTo(UINT64_LIMIT) >= 0) {
      throw outOfRange(name);
    }
    return value.longValue();
  }

  private static long inRange(BigInteger value, long min, long max, String name)
      throws MalformedRequestException {
    if (value.bitLength() > 63 || value.longValue() < min || value.longValue() > max) {
      throw outOfRange(name);
    }
    return value.longValue();
  }

  private static Map<String, FieldDescriptor> fieldsOf(Descriptor type) {
    return FIELDS_BY_JSON_NAME.computeIfAbsent(
        type,
        key -> {
          Map<String, FieldDescriptor> fields = new HashMap<>();
          key.getFields().forEach(field -> fields.put(field.getJsonName(), field));
          return fields;
        });
  }

  private static MalformedRequestException wrongType(String name, String wanted, JsonNode node) {
    return new MalformedRequestException(
        name + " must be " + wanted + ", not " + node.getNodeType());
  }

  private static MalformedRequestException outOfRange(String name) {
    return new MalformedRequestException(name + " is out of range");
  }
}
