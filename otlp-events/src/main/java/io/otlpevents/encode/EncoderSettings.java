package io.otlpevents.encode;

import io.otlpevents.PayloadMode;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Limits and forms of encoded events.
 *
 * @param maxAttributes the largest number of attributes that an event and its payload may set; more
 *     are left out and counted in {@code dropped_attributes_count}; at least 1, 128 unless set
 * @param maxValueLength the largest length of a text in an attribute or payload, in characters; a
 *     longer one is cut where a character ends, also in arrays and maps; {@link Integer#MAX_VALUE},
 *     the default, for no limit, at least 1. Display texts are not cut.
 * @param maxDepth how deep objects and arrays may be nested, 1 to 30; an event with deeper values
 *     is refused; 30 unless set, because receivers refuse deeper ones
 * @param payloadMode how payloads are recorded unless the event says otherwise
 * @param payloadKey the attribute of payloads that are recorded as one attribute, and with {@code
 *     .content_type} appended the attribute of the content type of bytes
 * @param redaction what must not be recorded; the first rule that matches a key decides
 * @param payloadCodec takes payload objects apart; null for Jackson 3 with its default settings if
 *     it is on the class path
 */
public record EncoderSettings(
    int maxAttributes,
    int maxValueLength,
    int maxDepth,
    PayloadMode payloadMode,
    String payloadKey,
    List<RedactionRule> redaction,
    @Nullable PayloadCodec payloadCodec) {

  /** How many attributes an event may have unless set otherwise. */
  public static final int DEFAULT_MAX_ATTRIBUTES = 128;

  /** The attribute of a payload unless set otherwise. */
  public static final String DEFAULT_PAYLOAD_KEY = "otlpevents.payload";

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a value is out of its range
   */
  public EncoderSettings {
    if (maxAttributes < 1) {
      throw new IllegalArgumentException("maxAttributes must be at least 1, not " + maxAttributes);
    }
    if (maxValueLength < 1) {
      throw new IllegalArgumentException(
          "maxValueLength must be at least 1, not " + maxValueLength);
    }
    if (maxDepth < 1 || maxDepth > ValueWriter.MAX_DEPTH) {
      throw new IllegalArgumentException(
          "maxDepth must be 1 to " + ValueWriter.MAX_DEPTH + ", not " + maxDepth);
    }
    Objects.requireNonNull(payloadMode, "payloadMode");
    if (payloadKey.isBlank()) {
      throw new IllegalArgumentException("payloadKey must not be blank");
    }
    redaction = List.copyOf(redaction);
  }

  /** 128 attributes, texts of any length, 30 levels, flat payloads, nothing redacted. */
  public static EncoderSettings defaults() {
    return new EncoderSettings(
        DEFAULT_MAX_ATTRIBUTES,
        Integer.MAX_VALUE,
        ValueWriter.MAX_DEPTH,
        PayloadMode.FLAT,
        DEFAULT_PAYLOAD_KEY,
        List.of(),
        null);
  }

  /** These settings with another {@link #maxAttributes}. */
  public EncoderSettings withMaxAttributes(int count) {
    return new EncoderSettings(
        count, maxValueLength, maxDepth, payloadMode, payloadKey, redaction, payloadCodec);
  }

  /** These settings with another {@link #maxValueLength}. */
  public EncoderSettings withMaxValueLength(int characters) {
    return new EncoderSettings(
        maxAttributes, characters, maxDepth, payloadMode, payloadKey, redaction, payloadCodec);
  }

  /** These settings with another {@link #maxDepth}. */
  public EncoderSettings withMaxDepth(int levels) {
    return new EncoderSettings(
        maxAttributes, maxValueLength, levels, payloadMode, payloadKey, redaction, payloadCodec);
  }

  /** These settings with another {@link #payloadMode}. */
  public EncoderSettings withPayloadMode(PayloadMode mode) {
    return new EncoderSettings(
        maxAttributes, maxValueLength, maxDepth, mode, payloadKey, redaction, payloadCodec);
  }

  /** These settings with another {@link #payloadKey}. */
  public EncoderSettings withPayloadKey(String key) {
    return new EncoderSettings(
        maxAttributes, maxValueLength, maxDepth, payloadMode, key, redaction, payloadCodec);
  }

  /** These settings with other {@link #redaction} rules. */
  public EncoderSettings withRedaction(List<RedactionRule> rules) {
    return new EncoderSettings(
        maxAttributes, maxValueLength, maxDepth, payloadMode, payloadKey, rules, payloadCodec);
  }

  /** These settings with another {@link #payloadCodec}. */
  public EncoderSettings withPayloadCodec(@Nullable PayloadCodec codec) {
    return new EncoderSettings(
        maxAttributes, maxValueLength, maxDepth, payloadMode, payloadKey, redaction, codec);
  }
}
