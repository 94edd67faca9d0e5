package io.otlpevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.otlpevents.EventType;
import io.otlpevents.encode.EncoderSettings;
import io.otlpevents.encode.EventDraft;
import io.otlpevents.encode.EventEncoder;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SamplingTests {

  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final double FAILURE_PROBABILITY = 1e-9;
  private static final String SPAN_ID = "00f067aa0ba902b7";
  private static final long SECOND = 1_000_000_000L;

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final AtomicLong nanoTime = new AtomicLong();
  private double fill;

  @Test
  void keepsItsShareOfEventsWithoutASpanSoThatCountsCanBeCorrected() {
    System.out.println("SamplingTests: -Dseed=" + SEED);
    int events = 200_000;
    for (double ratio : new double[] {0.5, 0.1, 0.9, 1.0 / 3}) {
      Sampling sampling = sampling(SamplingRule.ratio("*", ratio));
      int kept = 0;
      double weighted = 0;
      for (int i = 0; i < events; i++) {
        EventDraft draft = draft("e");
        if (sampling.keep(draft)) {
          kept++;
          weighted += 1 / (double) draft.get(SamplingRule.RATIO);
          long randomness = hex(draft.get(SamplingRule.RANDOMNESS), 14);
          String threshold = (String) draft.get(SamplingRule.THRESHOLD);
          assertThat(randomness).isGreaterThanOrEqualTo(hex(padded(threshold), 14));
        }
      }
      double tolerance = deviation(events);
      assertThat((double) kept).isCloseTo(events * ratio, within(tolerance));
      assertThat(weighted).isCloseTo(events, within(tolerance / ratio));
    }
  }

  @Test
  void decidesByTheTraceIdAlone() {
    int events = 20_000;
    double[] ratios = {0.05, 0.3, 0.8};
    List<Sampling> samplings = new ArrayList<>();
    for (double ratio : ratios) {
      samplings.add(sampling(SamplingRule.ratio("*", ratio)));
    }
    int[] kept = new int[ratios.length];
    for (int i = 0; i < events; i++) {
      String traceId =
          String.format("%016x%016x", random.nextLong(), random.nextLong()).replaceAll("^0", "1");
      boolean keptByLesser = false;
      for (int r = 0; r < ratios.length; r++) {
        EventDraft draft = draft("e" + i % 7, traceId, TraceState.getDefault());
        boolean keep = samplings.get(r).keep(draft);
        assertThat(keep)
            .as(traceId + " " + ratios[r])
            .isEqualTo(randomness(traceId).compareTo(rejected(ratios[r])) >= 0);
        if (keep) {
          assertThat(draft.get(SamplingRule.RANDOMNESS)).isNull();
          kept[r]++;
        } else {
          assertThat(keptByLesser).as("a greater ratio keeps what a lesser one keeps").isFalse();
        }
        keptByLesser = keep;
      }
    }
    for (int r = 0; r < ratios.length; r++) {
      assertThat((double) kept[r]).isCloseTo(events * ratios[r], within(deviation(events)));
    }
  }

  @Test
  void recordsTheThresholdAsOpenTelemetryDoes() {
    Sampling quarter = sampling(SamplingRule.ratio("*", 0.25));
    EventDraft kept = draft("e", "4bf92f3577b34da6a3ce929d0e0e4736", TraceState.getDefault());
    assertThat(quarter.keep(kept)).isTrue();
    assertThat(kept.get(SamplingRule.THRESHOLD)).isEqualTo("c");
    assertThat(kept.get(SamplingRule.RANDOMNESS)).isNull();
    assertThat(kept.get(SamplingRule.RATIO)).isEqualTo(0.25);
    String below = "4bf92f3577b34da6ffbfffffffffffff";
    assertThat(quarter.keep(draft("e", below, TraceState.getDefault()))).isFalse();
    String equal = "4bf92f3577b34da600c0000000000000";
    assertThat(quarter.keep(draft("e", equal, TraceState.getDefault()))).isTrue();
  }

  @Test
  void keepsLeadingZerosOfTheThreshold() {
    EventDraft draft = draft("e", "4bf92f3577b34da6a3ce929d0e0e4736", TraceState.getDefault());
    assertThat(sampling(SamplingRule.ratio("*", 1 - 1.0 / 256)).keep(draft)).isTrue();
    assertThat(draft.get(SamplingRule.THRESHOLD)).isEqualTo("01");
    assertThat(draft.get(SamplingRule.RATIO)).isEqualTo(1 - 1.0 / 256);
  }

  @Test
  void takesTheRandomnessThatTheTraceStatePrescribes() {
    Sampling half = sampling(SamplingRule.ratio("*", 0.5));
    String high = "4bf92f3577b34da6a3ffffffffffffff";
    String low = "4bf92f3577b34da6a300000000000000";
    for (String state :
        List.of("rv:7fffffffffffff", "th:8;rv:00000000000000", "rv:01234567890abc;th:0")) {
      assertThat(half.keep(draft("e", high, traceState(state)))).as(state).isFalse();
    }
    EventDraft kept = draft("e", low, traceState("th:4;rv:80000000000000"));
    assertThat(half.keep(kept)).isTrue();
    assertThat(kept.get(SamplingRule.RANDOMNESS)).isEqualTo("80000000000000");
    assertThat(kept.get(SamplingRule.THRESHOLD)).isEqualTo("8");
  }

  @Test
  void passesOverAMalformedTraceState() {
    Sampling half = sampling(SamplingRule.ratio("*", 0.5));
    String low = "4bf92f3577b34da6a300000000000000";
    for (String state :
        List.of(
            "rv:", "rv:8", "rv:8000000000000G", "rv:800000000000000", "xrv:80000000000000", ";;")) {
      assertThat(half.keep(draft("e", low, traceState(state)))).as(state).isFalse();
      String high = "4bf92f3577b34da6a3ffffffffffffff";
      assertThat(half.keep(draft("e", high, traceState(state)))).as(state).isTrue();
    }
  }

  @Test
  void leavesEventsAloneThatAreAllKept() {
    Sampling sampling = sampling(SamplingRule.ratio("*", 1), SamplingRule.ratio("none.*", 0));
    EventDraft kept = draft("e");
    assertThat(sampling.keep(kept)).isTrue();
    assertThat(kept.get(SamplingRule.RATIO)).isNull();
    assertThat(kept.get(SamplingRule.THRESHOLD)).isNull();
    String highest = "4bf92f3577b34da6a3ffffffffffffff";
    assertThat(sampling.keep(draft("none.e", highest, TraceState.getDefault()))).isFalse();
  }

  @Test
  void appliesTheMostSpecificRule() {
    Sampling sampling =
        sampling(
            SamplingRule.ratio("*", 0),
            SamplingRule.ratio("order.*", 1),
            SamplingRule.ratio("order.item.*", 0),
            SamplingRule.ratio("order.item.added", 1),
            SamplingRule.ratio("order.placed", 0));
    assertThat(sampling.keep(draft("other"))).isFalse();
    assertThat(sampling.keep(draft("order"))).isFalse();
    assertThat(sampling.keep(draft("orders.x"))).isFalse();
    assertThat(sampling.keep(draft("order.shipped"))).isTrue();
    assertThat(sampling.keep(draft("order.placed"))).isFalse();
    assertThat(sampling.keep(draft("order.placed.twice"))).isTrue();
    assertThat(sampling.keep(draft("order.item.removed"))).isFalse();
    assertThat(sampling.keep(draft("order.item.added"))).isTrue();
  }

  @Test
  void keepsEventsThatNoRuleMatches() {
    assertThat(sampling(SamplingRule.ratio("a.*", 0)).keep(draft("b"))).isTrue();
  }

  @Test
  void neverSamplesSecurityAudit() {
    fill = 1;
    Sampling sampling =
        sampling(
            new AdaptiveSampling(0.1, 0.2, 0, Severity.FATAL), new SamplingRule("*", 0, 0.001));
    for (int i = 0; i < 100; i++) {
      EventDraft audit = draft("e");
      audit.type(EventType.SECURITY_AUDIT);
      assertThat(sampling.keep(audit)).isTrue();
      assertThat(audit.get(SamplingRule.RATIO)).isNull();
    }
  }

  @Test
  void limitsTheRateAndRecordsWhatAKeptEventStandsFor() {
    Sampling sampling = sampling(SamplingRule.maxPerSecond("*", 10));
    double represented = 0;
    int kept = 0;
    // 1,000 events within 10 seconds: a second's worth at once, then one in 100 ms.
    for (int i = 0; i < 1000; i++) {
      nanoTime.set(i * SECOND / 100);
      EventDraft draft = draft("e");
      if (sampling.keep(draft)) {
        kept++;
        Object ratio = draft.get(SamplingRule.RATIO);
        represented += ratio == null ? 1 : 1 / (double) ratio;
        assertThat(draft.get(SamplingRule.THRESHOLD)).isNull();
      }
    }
    assertThat(kept).isBetween(10 + 98, 10 + 100);
    nanoTime.addAndGet(SECOND);
    EventDraft last = draft("e");
    assertThat(sampling.keep(last)).isTrue();
    Object ratio = last.get(SamplingRule.RATIO);
    represented += ratio == null ? 1 : 1 / (double) ratio;
    assertThat(represented).isCloseTo(1001, within(1e-6));
  }

  @Test
  void combinesRatioAndRateLimit() {
    Sampling sampling = sampling(SamplingRule.ratio("*", 0.5).withMaxPerSecond(1));
    String high = "4bf92f3577b34da6a3ffffffffffffff";
    String low = "4bf92f3577b34da6a300000000000000";
    assertThat(sampling.keep(draft("e", high, TraceState.getDefault()))).isTrue();
    for (int i = 0; i < 3; i++) {
      assertThat(sampling.keep(draft("e", high, TraceState.getDefault()))).isFalse();
      // What chance leaves out does not come to the limit.
      assertThat(sampling.keep(draft("e", low, TraceState.getDefault()))).isFalse();
    }
    nanoTime.addAndGet(SECOND);
    EventDraft kept = draft("e", high, TraceState.getDefault());
    assertThat(sampling.keep(kept)).isTrue();
    assertThat(kept.get(SamplingRule.RATIO)).isEqualTo(0.5 / 4);
    assertThat(kept.get(SamplingRule.THRESHOLD)).isEqualTo("8");
  }

  @Test
  void theLimitHoldsForManyThreadsAndAccountsForAll() throws Exception {
    Sampling sampling = sampling(SamplingRule.maxPerSecond("*", 100));
    int threads = 4;
    int each = 50_000;
    AtomicLong kept = new AtomicLong();
    AtomicLong represented = new AtomicLong();
    List<Thread> emitters = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      Thread emitter =
          new Thread(
              () -> {
                for (int i = 0; i < each; i++) {
                  EventDraft draft = draft("e");
                  if (sampling.keep(draft)) {
                    kept.incrementAndGet();
                    represented.addAndGet(standsFor(draft));
                  }
                }
              });
      emitter.start();
      emitters.add(emitter);
    }
    for (Thread emitter : emitters) {
      emitter.join();
    }
    assertThat(kept).hasValue(100);
    nanoTime.addAndGet(SECOND);
    EventDraft last = draft("e");
    assertThat(sampling.keep(last)).isTrue();
    assertThat(represented.get() + standsFor(last)).isEqualTo(threads * each + 1);
  }

  @Test
  void theLimitSurvivesTheOverflowOfTheClock() {
    nanoTime.set(Long.MAX_VALUE - SECOND / 2);
    Sampling sampling = sampling(SamplingRule.maxPerSecond("*", 2));
    int kept = 0;
    for (int i = 0; i < 200; i++) {
      kept += sampling.keep(draft("e")) ? 1 : 0;
      nanoTime.addAndGet(SECOND / 10);
    }
    assertThat(kept).isBetween(2 + 38, 2 + 40);
  }

  @Test
  void aRateBelowOnePerSecondKeepsOneNowAndThen() {
    Sampling sampling = sampling(SamplingRule.maxPerSecond("*", 0.1));
    int kept = 0;
    for (int second = 0; second < 100; second++) {
      kept += sampling.keep(draft("e")) ? 1 : 0;
      nanoTime.addAndGet(SECOND);
    }
    assertThat(kept).isEqualTo(10);
  }

  @Test
  void thinsOutAsTheJournalFills() {
    Sampling sampling = sampling(new AdaptiveSampling(0.5, 0.9, 0.2, Severity.WARN));
    double[][] shares = {{0, 1}, {0.5, 1}, {0.6, 0.8}, {0.7, 0.6}, {0.9, 0.2}, {1.1, 0.2}};
    int events = 50_000;
    for (double[] point : shares) {
      fill = point[0];
      int kept = 0;
      for (int i = 0; i < events; i++) {
        EventDraft draft = draft("e");
        if (sampling.keep(draft)) {
          kept++;
          if (point[1] < 1) {
            assertThat((double) draft.get(SamplingRule.RATIO)).isCloseTo(point[1], within(1e-9));
          }
        }
      }
      double tolerance = point[1] == 1 ? 0 : deviation(events);
      assertThat((double) kept).isCloseTo(events * point[1], within(tolerance));
    }
  }

  @Test
  void pressureConcernsNoEventOfHighSeverity() {
    fill = 1;
    Sampling sampling = sampling(new AdaptiveSampling(0.5, 0.9, 0, Severity.WARN));
    EventDraft warning = draft("e");
    warning.severity(Severity.WARN.getSeverityNumber());
    assertThat(sampling.keep(warning)).isTrue();
    assertThat(warning.get(SamplingRule.RATIO)).isNull();
    EventDraft info = draft("e");
    info.severity(Severity.INFO4.getSeverityNumber());
    assertThat(sampling.keep(info)).isFalse();
  }

  @Test
  void pressureMultipliesWithTheRatio() {
    fill = 0.9;
    Sampling sampling =
        sampling(new AdaptiveSampling(0.5, 0.9, 0.25, Severity.WARN), SamplingRule.ratio("*", 0.5));
    EventDraft kept = draft("e", "4bf92f3577b34da6a3e0000000000000", TraceState.getDefault());
    assertThat(sampling.keep(kept)).isTrue();
    assertThat(kept.get(SamplingRule.RATIO)).isEqualTo(0.125);
    assertThat(kept.get(SamplingRule.THRESHOLD)).isEqualTo("e");
    String below = "4bf92f3577b34da6a3dfffffffffffff";
    assertThat(sampling.keep(draft("e", below, TraceState.getDefault()))).isFalse();
  }

  @Test
  void theOddsAreRecordedBeyondTheLimitOnAttributes() {
    EventDraft draft = encoder(1).newDraft();
    draft.begin("e");
    draft.put("own", "x");
    assertThat(sampling(SamplingRule.ratio("*", 1 - 0x1p-50)).keep(draft)).isTrue();
    assertThat(draft.get(SamplingRule.RATIO)).isEqualTo(1 - 0x1p-50);
    assertThat(draft.get("own")).isEqualTo("x");
  }

  @Test
  void refusesRulesThatMakeNoSense() {
    for (String pattern : List.of("", "a*", "*.a", "a.*.b", "**", ".*x")) {
      assertThatThrownBy(() -> SamplingRule.ratio(pattern, 1))
          .as(pattern)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("pattern");
    }
    for (double ratio : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThatThrownBy(() -> SamplingRule.ratio("a", ratio)).hasMessageContaining("ratio");
      assertThatThrownBy(() -> new AdaptiveSampling(0.5, 0.9, ratio, Severity.WARN))
          .hasMessageContaining("floor");
    }
    for (double rate : new double[] {0, -1, 1_000_001, Double.NaN}) {
      assertThatThrownBy(() -> SamplingRule.maxPerSecond("a", rate))
          .hasMessageContaining("maxPerSecond");
    }
    for (double[] marks : new double[][] {{-0.1, 0.5}, {0.5, 0.5}, {0.5, 1.1}, {0.5, Double.NaN}}) {
      assertThatThrownBy(() -> new AdaptiveSampling(marks[0], marks[1], 0, Severity.WARN))
          .hasMessageContaining("water marks");
    }
    assertThatThrownBy(
            () -> sampling(SamplingRule.ratio("a.*", 1), SamplingRule.maxPerSecond("a.*", 1)))
        .hasMessageContaining("a.*");
  }

  private Sampling sampling(SamplingRule... rules) {
    return sampling(null, rules);
  }

  private Sampling sampling(@Nullable AdaptiveSampling adaptive, SamplingRule... rules) {
    LongSupplier bits = random::nextLong;
    return new Sampling(List.of(rules), adaptive, () -> fill, bits, nanoTime::get);
  }

  private static long standsFor(EventDraft draft) {
    Object ratio = draft.get(SamplingRule.RATIO);
    return ratio == null ? 1 : Math.round(1 / (double) ratio);
  }

  private static EventEncoder encoder(int attributeLimit) {
    return new EventEncoder(
        24,
        4096,
        EncoderSettings.defaults().withMaxAttributes(attributeLimit),
        Attributes.empty(),
        () -> 1);
  }

  private static EventDraft draft(String name) {
    EventDraft draft = encoder(128).newDraft();
    draft.begin(name);
    draft.context(Context.root());
    return draft;
  }

  private static EventDraft draft(String name, String traceId, TraceState state) {
    EventDraft draft = draft(name);
    SpanContext span = SpanContext.create(traceId, SPAN_ID, TraceFlags.getDefault(), state);
    assertThat(span.isValid()).isTrue();
    draft.context(Context.root().with(Span.wrap(span)));
    return draft;
  }

  private static TraceState traceState(String value) {
    return TraceState.builder().put("ot", value).build();
  }

  private static BigInteger randomness(String traceId) {
    return new BigInteger(traceId, 16).mod(BigInteger.TWO.pow(56));
  }

  /** The number of the 2 to the power of 56 values that are rejected. */
  private static BigInteger rejected(double ratio) {
    BigDecimal range = new BigDecimal(BigInteger.TWO.pow(56));
    return range
        .subtract(new BigDecimal(ratio).multiply(range))
        .setScale(0, java.math.RoundingMode.HALF_EVEN)
        .toBigIntegerExact();
  }

  private static String padded(@Nullable String threshold) {
    return (threshold + "0".repeat(14)).substring(0, 14);
  }

  private static long hex(@Nullable Object text, int digits) {
    assertThat((String) text).hasSize(digits).matches("[0-9a-f]+");
    return Long.parseLong((String) text, 16);
  }

  /**
   * How far the sum of so many independent values from 0 to 1 is from what is expected at most, but
   * for the failure probability, by Hoeffding's inequality.
   */
  private static double deviation(int count) {
    return Math.sqrt(count * Math.log(2 / FAILURE_PROBABILITY) / 2);
  }
}
