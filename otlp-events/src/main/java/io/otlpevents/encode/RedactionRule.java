package io.otlpevents.encode;

import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What must not leave the application, and what to record instead. Applied while an event is
 * encoded: what is redacted reaches neither the journal nor a destination.
 *
 * <p>A rule for keys names dotted segments, for example {@code password}, {@code customer.email} or
 * {@code card.*}. In a segment {@code *} stands for any characters but dots, {@code **} for any
 * characters; case is ignored. The rule applies to an attribute or payload entry when it matches
 * <em>whole segments anywhere</em> in its dotted path: {@code email} matches {@code email}, {@code
 * customer.email} and {@code email.private}, but not {@code emailed}. Elements of arrays have the
 * path of their array. It applies to the event's own attributes, to default attributes and to
 * payloads in every mode. What an object contains is covered by the object itself: masked or
 * hashed, it becomes one masked value.
 *
 * <p>Rules look into maps, collections, arrays, OpenTelemetry values and whatever the {@link
 * PayloadCodec} can take apart. JSON text that is given as the payload is read and written anew, or
 * masked as a whole if it cannot be read. Rules for keys do not look into other text, nor into
 * payloads of bytes that are not JSON, nor into attributes whose value is only known by its {@code
 * toString()}; such a payload has the path of its attribute, {@code otlpevents.payload}, so that a
 * rule with that key can remove it.
 *
 * <p>Where {@code exception.message} is redacted, {@code exception.stacktrace} keeps types and
 * frames only.
 */
public final class RedactionRule {

  /** What is recorded for a masked value, whatever the value is. */
  public static final String MASK = "***";

  private static final int SHORTEST_HASH_KEY = 16;

  /** What is recorded instead. */
  public enum Action {
    /** {@value RedactionRule#MASK}. */
    MASK,
    /**
     * The HMAC-SHA-256 of the value's text, in 64 lower-case hexadecimal digits. Equal values have
     * equal hashes, so they can be correlated; without the key, short or well-known values cannot
     * be found by trying.
     */
    HASH,
    /** Nothing; not counted as a dropped attribute, which is about limits. */
    DROP
  }

  final @Nullable String key;
  final @Nullable Pattern text;
  final Action action;
  final byte @Nullable [] hashKey;

  private RedactionRule(
      @Nullable String key, @Nullable Pattern text, Action action, byte @Nullable [] hashKey) {
    this.key = key;
    this.text = text;
    this.action = action;
    this.hashKey = hashKey;
  }

  /** Masks what has this key. */
  public static RedactionRule mask(String key) {
    return new RedactionRule(checked(key), null, Action.MASK, null);
  }

  /** Leaves out what has this key. */
  public static RedactionRule drop(String key) {
    return new RedactionRule(checked(key), null, Action.DROP, null);
  }

  /**
   * Hashes what has this key.
   *
   * @param secret the secret key of the hash, at least 16 bytes; copied
   * @throws IllegalArgumentException if the secret is shorter
   */
  public static RedactionRule hash(String key, byte[] secret) {
    checkSecret(secret);
    return new RedactionRule(checked(key), null, Action.HASH, secret.clone());
  }

  /**
   * Gives what is marked as sensitive with {@link io.otlpevents.Sensitivity#HASH} its secret. Does
   * nothing to anything else.
   *
   * @param secret the secret key of the hash, at least 16 bytes; copied
   * @throws IllegalArgumentException if the secret is shorter
   */
  public static RedactionRule hashMarked(byte[] secret) {
    checkSecret(secret);
    return new RedactionRule(null, null, Action.HASH, secret.clone());
  }

  /**
   * Masks each part of a text that this pattern finds, in text attributes, payloads, the body and
   * messages of exceptions. Runs on the emitting thread over every text, so keep it simple.
   */
  public static RedactionRule maskText(Pattern pattern) {
    return new RedactionRule(null, Objects.requireNonNull(pattern, "pattern"), Action.MASK, null);
  }

  private static void checkSecret(byte[] secret) {
    if (secret.length < SHORTEST_HASH_KEY) {
      throw new IllegalArgumentException(
          "the secret of a hash needs " + SHORTEST_HASH_KEY + " bytes, not " + secret.length);
    }
  }

  private static String checked(String key) {
    if (key.isBlank()) {
      throw new IllegalArgumentException("a redaction rule needs a key");
    }
    return key;
  }

  /** Tells everything but the secret. */
  @Override
  public String toString() {
    return action + " " + (key != null ? key : text != null ? "text " + text : "marked values");
  }
}
