package io.otlpevents.encode;

import io.otlpevents.SensitiveValue;
import io.otlpevents.Sensitivity;
import org.jspecify.annotations.Nullable;

/**
 * What all drafts of an encoder share; safe for any number of threads.
 *
 * @param maxPieces how many names, values and brackets one value may consist of: those that take no
 *     room in the record would otherwise never reach the limit for its size
 */
record EncodingRules(
    EncoderSettings settings,
    int maxPieces,
    @Nullable Redaction redaction,
    @Nullable PayloadCodec givenCodec,
    TextCache keys,
    PathCache paths) {

  static EncodingRules of(EncoderSettings settings, int maxEventSize) {
    return new EncodingRules(
        settings,
        maxEventSize,
        Redaction.of(settings.redaction()),
        settings.payloadCodec(),
        new TextCache(Otlp.KEY),
        new PathCache());
  }

  /** What takes objects apart; null if there is nothing. */
  @Nullable PayloadCodec codec() {
    PayloadCodec given = givenCodec;
    return given != null ? given : JacksonIfPresent.codec();
  }

  /** What takes objects apart by our annotations; null if there is nothing. */
  @Nullable PayloadCodec annotationCodec() {
    PayloadCodec given = givenCodec;
    return given != null && given.honoursAnnotations() ? given : JacksonIfPresent.codec();
  }

  /** What is recorded for a sensitive value; null for nothing. */
  @Nullable String withheld(SensitiveValue value) {
    Object clear = value.reveal();
    if (clear == null || value.sensitivity() == Sensitivity.DROP) {
      return null;
    }
    return value.sensitivity() == Sensitivity.HASH && redaction != null
        ? redaction.hash(clear)
        : RedactionRule.MASK;
  }

  /** The text within the length allowed; never half a surrogate pair. */
  String cut(String text) {
    int max = settings.maxValueLength();
    if (text.length() <= max) {
      return text;
    }
    boolean splits =
        Character.isHighSurrogate(text.charAt(max - 1))
            && Character.isLowSurrogate(text.charAt(max));
    return text.substring(0, splits ? max - 1 : max);
  }
}
