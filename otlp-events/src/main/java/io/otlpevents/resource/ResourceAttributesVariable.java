package io.otlpevents.resource;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads {@code OTEL_RESOURCE_ATTRIBUTES}: {@code key=value} pairs, separated by commas, with
 * percent-encoded UTF-8. A plus sign is a plus sign.
 *
 * @see <a
 *     href="https://opentelemetry.io/docs/specs/otel/resource/sdk/#specifying-resource-information-via-an-environment-variable">Specifying
 *     resource information via an environment variable</a>
 */
final class ResourceAttributesVariable {

  private static final int MAX_KEY_LENGTH = 255;

  private ResourceAttributesVariable() {}

  /**
   * @throws IllegalArgumentException if any part is malformed; the specification asks to discard
   *     the whole value then
   */
  static Attributes parse(String text) {
    AttributesBuilder attributes = Attributes.builder();
    for (String pair : text.split(",", -1)) {
      if (pair.isBlank()) {
        continue;
      }
      int split = pair.indexOf('=');
      String key = split < 0 ? "" : decode(pair.substring(0, split).strip());
      if (!isKey(key)) {
        throw new IllegalArgumentException("a pair without an equals sign or a proper key");
      }
      attributes.put(key, decode(pair.substring(split + 1).strip()));
    }
    return attributes.build();
  }

  /** Whether the OpenTelemetry SDK takes it as a resource attribute's key. */
  private static boolean isKey(String key) {
    return !key.isEmpty()
        && key.length() <= MAX_KEY_LENGTH
        && key.chars().allMatch(c -> c >= ' ' && c <= '~');
  }

  private static String decode(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    ByteBuffer decoded = ByteBuffer.allocate(encoded.length);
    for (int i = 0; i < encoded.length; i++) {
      if (encoded[i] != '%') {
        decoded.put(encoded[i]);
      } else {
        if (i + 2 >= encoded.length) {
          throw new IllegalArgumentException("a percent sign without two digits");
        }
        decoded.put((byte) (digit(encoded[i + 1]) << 4 | digit(encoded[i + 2])));
        i += 2;
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(decoded.flip()).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("not UTF-8", e);
    }
  }

  private static int digit(byte hex) {
    int value = hex < 0 ? -1 : Character.digit(hex, 16);
    if (value < 0) {
      throw new IllegalArgumentException("not a hexadecimal digit");
    }
    return value;
  }
}
