package io.otlpevents.pipeline;

import io.opentelemetry.api.trace.SpanContext;
import io.otlpevents.EventType;
import io.otlpevents.encode.EventDraft;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides which events are kept, and writes the odds on those that are. Lock-free, for any number
 * of threads.
 *
 * <p>A ratio becomes a 56-bit threshold; an event is kept when its randomness, of as many bits, is
 * not below it. Ratio and pressure share one threshold, so that one comparison stays consistent.
 */
final class Sampling {

  /** One more than the greatest 56-bit number. */
  private static final long RANGE = 1L << 56;

  private static final int HEX_DIGITS = 14;
  private static final String TRACE_STATE_KEY = "ot";
  private static final String TRACE_STATE_RANDOMNESS = "rv:";

  private final Map<String, Rule> names = new HashMap<>();
  private final Rule[] prefixes;
  private final @Nullable AdaptiveSampling adaptive;
  private final DoubleSupplier fill;
  private final LongSupplier random;

  /**
   * @param fill how full the journal is
   * @param random uniformly distributed numbers of 64 bits
   * @param nanoTime a clock as {@link System#nanoTime()}
   * @throws IllegalArgumentException if two rules have the same pattern
   */
  Sampling(
      List<SamplingRule> rules,
      @Nullable AdaptiveSampling adaptive,
      DoubleSupplier fill,
      LongSupplier random,
      LongSupplier nanoTime) {
    this.adaptive = adaptive;
    this.fill = fill;
    this.random = random;
    Map<String, Rule> byPrefix = new HashMap<>();
    for (SamplingRule rule : rules) {
      Rule added = new Rule(rule, nanoTime);
      if ((rule.isPrefix() ? byPrefix : names).putIfAbsent(added.key, added) != null) {
        throw new IllegalArgumentException("two sampling rules for " + rule.pattern());
      }
    }
    List<Rule> sorted = new ArrayList<>(byPrefix.values());
    sorted.sort(Comparator.comparingInt((Rule rule) -> rule.key.length()).reversed());
    this.prefixes = sorted.toArray(Rule[]::new);
  }

  /** Whether the event is kept; if so, the odds are set as its attributes. */
  boolean keep(EventDraft draft) {
    if (draft.type() == EventType.SECURITY_AUDIT) {
      return true;
    }
    Rule rule = ruleFor(draft.name());
    double share = share(draft);
    if (rule == null) {
      return share >= 1 || keep(draft, threshold(share), null);
    }
    return keep(draft, share >= 1 ? rule.threshold : threshold(share * rule.ratio), rule.limit);
  }

  private double share(EventDraft draft) {
    if (adaptive == null || draft.severity() >= adaptive.keepFrom().getSeverityNumber()) {
      return draft.share();
    }
    return draft.share() * adaptive.share(fill.getAsDouble());
  }

  private @Nullable Rule ruleFor(@Nullable String name) {
    if (name == null) {
      return null;
    }
    Rule exact = names.get(name);
    if (exact != null) {
      return exact;
    }
    for (Rule rule : prefixes) {
      if (name.startsWith(rule.key)) {
        return rule;
      }
    }
    return null;
  }

  private boolean keep(EventDraft draft, long threshold, @Nullable RateLimit limit) {
    long randomness = 0;
    boolean recorded = false;
    if (threshold > 0) {
      SpanContext span = draft.spanContext();
      long explicit = explicitRandomness(span);
      if (explicit >= 0) {
        randomness = explicit;
      } else if (span.isValid()) {
        randomness = traceRandomness(span);
        recorded = true;
      } else {
        randomness = random.getAsLong() >>> 8;
      }
      if (randomness < threshold) {
        return false;
      }
    }
    long standsFor = limit == null ? 1 : limit.take();
    if (standsFor == 0) {
      return false;
    }
    if (threshold > 0) {
      draft.stamp(SamplingRule.THRESHOLD, thresholdText(threshold));
      if (!recorded) {
        draft.stamp(SamplingRule.RANDOMNESS, hex(randomness));
      }
    }
    if (threshold > 0 || standsFor > 1) {
      draft.stamp(SamplingRule.RATIO, ratio(threshold) / standsFor);
    }
    return true;
  }

  /** The threshold that keeps this share: 0 for all, 2 to the power of 56 for none. */
  static long threshold(double share) {
    return RANGE - Math.round(share * RANGE);
  }

  private static double ratio(long threshold) {
    return (double) (RANGE - threshold) / RANGE;
  }

  /**
   * The randomness that the trace's {@code tracestate} prescribes, as {@code ot=rv:} and 14
   * hexadecimal digits; -1 if there is none.
   */
  private static long explicitRandomness(SpanContext span) {
    String fields = span.getTraceState().get(TRACE_STATE_KEY);
    if (fields == null) {
      return -1;
    }
    int at =
        fields.startsWith(TRACE_STATE_RANDOMNESS)
            ? 0
            : fields.indexOf(";" + TRACE_STATE_RANDOMNESS) + 1;
    if (at == 0 && !fields.startsWith(TRACE_STATE_RANDOMNESS)) {
      return -1;
    }
    int from = at + TRACE_STATE_RANDOMNESS.length();
    int end = fields.indexOf(';', from);
    if ((end < 0 ? fields.length() : end) - from != HEX_DIGITS) {
      return -1;
    }
    long value = 0;
    for (int i = from; i < from + HEX_DIGITS; i++) {
      char c = fields.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return -1;
      }
      value = value << 4 | Character.digit(c, 16);
    }
    return value;
  }

  /** The low 56 bits of a valid trace id. */
  private static long traceRandomness(SpanContext span) {
    String traceId = span.getTraceId();
    return Long.parseLong(traceId, traceId.length() - HEX_DIGITS, traceId.length(), 16);
  }

  private static String thresholdText(long threshold) {
    String hex = hex(threshold);
    int end = hex.length();
    while (end > 1 && hex.charAt(end - 1) == '0') {
      end--;
    }
    return hex.substring(0, end);
  }

  private static String hex(long bits56) {
    // The bit on top keeps leading zeros.
    return Long.toHexString(RANGE | bits56).substring(1);
  }

  /** A rule made ready. */
  private static final class Rule {

    final String key;
    final double ratio;
    final long threshold;
    final @Nullable RateLimit limit;

    Rule(SamplingRule rule, LongSupplier nanoTime) {
      this.key = rule.isPrefix() ? rule.prefix() : rule.pattern();
      this.ratio = rule.ratio();
      this.threshold = Sampling.threshold(rule.ratio());
      this.limit =
          Double.isInfinite(rule.maxPerSecond())
              ? null
              : new RateLimit(rule.maxPerSecond(), nanoTime);
    }
  }
}
