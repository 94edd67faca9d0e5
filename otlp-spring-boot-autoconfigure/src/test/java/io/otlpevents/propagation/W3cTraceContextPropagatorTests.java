package io.otlpevents.propagation;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The letter of W3C Trace Context Level 2, as far as one propagator can keep it. */
class W3cTraceContextPropagatorTests {

  private static final String TRACE = "12345678901234567890123456789012";
  private static final String PARENT = "1234567890123456";
  private static final String VALID = "00-" + TRACE + "-" + PARENT + "-01";

  private final W3cTraceContextPropagator propagator = W3cTraceContextPropagator.getInstance();

  @Test
  void readsATraceparent() {
    SpanContext span = extract("traceparent", VALID);
    assertThat(span.getTraceId()).isEqualTo(TRACE);
    assertThat(span.getSpanId()).isEqualTo(PARENT);
    assertThat(span.isSampled()).isTrue();
    assertThat(span.isRemote()).isTrue();
    assertThat(span.getTraceState().isEmpty()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TraceParent", "TrAcEpArEnT", "TRACEPARENT"})
  void ignoresTheCaseOfTheName(String name) {
    assertThat(extract(name, VALID).isValid()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"trace-parent", "trace.parent"})
  void doesNotTakeOtherNames(String name) {
    assertThat(extract(name, VALID).isValid()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {" %s", "\t%s", "%s ", "%s\t", "\t %s \t"})
  void ignoresWhiteSpaceAroundTheValue(String form) {
    assertThat(extract("traceparent", form.formatted(VALID)).getTraceId()).isEqualTo(TRACE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "00",
        VALID + ".",
        VALID + "-",
        VALID + "-what-the-future-will-be-like",
        VALID + "," + VALID,
        "ff-" + TRACE + "-" + PARENT + "-01",
        "ff-" + TRACE + "-" + PARENT + "-01-more",
        "FF-" + TRACE + "-" + PARENT + "-01",
        ".0-" + TRACE + "-" + PARENT + "-01",
        "0.-" + TRACE + "-" + PARENT + "-01",
        "000-" + TRACE + "-" + PARENT + "-01",
        "0000-" + TRACE + "-" + PARENT + "-01",
        "0-" + TRACE + "-" + PARENT + "-01",
        "CC-" + TRACE + "-" + PARENT + "-01",
        "cc-" + TRACE + "-" + PARENT + "-01.what-the-future-will-be-like",
        "cc-" + TRACE + "-" + PARENT + "-01,cc-" + TRACE + "-" + PARENT + "-01",
        "cc-" + TRACE + "-" + PARENT + "-0",
        "cc-" + TRACE + "-" + PARENT,
        "00-00000000000000000000000000000000-" + PARENT + "-01",
        "00-.2345678901234567890123456789012-" + PARENT + "-01",
        "00-1234567890123456789012345678901.-" + PARENT + "-01",
        "00-1234567890123456789012345678901A-" + PARENT + "-01",
        "00-" + TRACE + "3-" + PARENT + "-01",
        "00-1234567890123456789012345678901-" + PARENT + "-01",
        "00-" + TRACE + "-0000000000000000-01",
        "00-" + TRACE + "-.234567890123456-01",
        "00-" + TRACE + "-123456789012345.-01",
        "00-" + TRACE + "-123456789012345A-01",
        "00-" + TRACE + "-12345678901234567-01",
        "00-" + TRACE + "-123456789012345-01",
        "00-" + TRACE + "-" + PARENT + "-.0",
        "00-" + TRACE + "-" + PARENT + "-0.",
        "00-" + TRACE + "-" + PARENT + "-0A",
        "00-" + TRACE + "-" + PARENT + "-001",
        "00-" + TRACE + "-" + PARENT + "-1",
        "00 " + TRACE + " " + PARENT + " 01",
        "00-" + TRACE + "-" + PARENT + "\u00e4-01",
      })
  void startsAnewAfterAnInvalidTraceparent(String value) {
    Headers headers = Headers.of("traceparent", value, "tracestate", "foo=1");
    assertThat(propagator.extract(Context.root(), headers, Headers.GETTER))
        .isSameAs(Context.root());
  }

  @Test
  void startsAnewAfterARepeatedTraceparent() {
    assertThat(extract("traceparent", VALID, "traceparent", VALID).isValid()).isFalse();
    assertThat(extract("traceparent", VALID, "TraceParent", VALID.replace("-01", "-00")).isValid())
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"01", "cc", "fe"})
  void readsTheKnownPartOfLaterVersions(String version) {
    String known = version + VALID.substring(2);
    for (String value : List.of(known, known + "-", known + "-what-the-future-will-be-like")) {
      SpanContext span = extract("traceparent", value);
      assertThat(span.getTraceId()).as(value).isEqualTo(TRACE);
      assertThat(inject(span).all("traceparent")).containsExactly(VALID);
    }
  }

  @Test
  void keepsSampledAndRandomAndClearsReservedFlags() {
    for (int flags = 0; flags < 256; flags++) {
      SpanContext span =
          extract("traceparent", "00-" + TRACE + "-" + PARENT + "-" + "%02x".formatted(flags));
      assertThat(span.isSampled()).isEqualTo((flags & 1) != 0);
      assertThat(inject(span).all("traceparent"))
          .containsExactly("00-" + TRACE + "-" + PARENT + "-0" + (flags & 3));
    }
  }

  @Test
  void clearsReservedFlagsOfOthers() {
    SpanContext span =
        SpanContext.create(
            TRACE, PARENT, TraceFlags.fromByte((byte) 0xFF), TraceState.getDefault());
    assertThat(inject(span).all("traceparent"))
        .containsExactly("00-" + TRACE + "-" + PARENT + "-03");
  }

  @Test
  void sendsNoEmptyTracestate() {
    for (String state : List.of("", " ", ",", " , \t,,")) {
      SpanContext span = extract("traceparent", VALID, "tracestate", state);
      assertThat(span.isValid()).isTrue();
      assertThat(inject(span).has("tracestate")).isFalse();
    }
  }

  @Test
  void combinesRepeatedTracestatesInTheirOrder() {
    SpanContext span =
        extract(
            "traceparent", VALID,
            "tracestate", "foo=1,bar=2",
            "TraceState", "rojo=1,congo=2",
            "tracestate", "",
            "tracestate", "baz=3");
    assertThat(span.getTraceState().asMap())
        .containsExactly(
            Map.entry("foo", "1"),
            Map.entry("bar", "2"),
            Map.entry("rojo", "1"),
            Map.entry("congo", "2"),
            Map.entry("baz", "3"));
    assertThat(inject(span).all("tracestate")).containsExactly("foo=1,bar=2,rojo=1,congo=2,,baz=3");
  }

  @Test
  void passesOnATracestateUnchanged() {
    String state = "foo=1 \t , \t bar= 2,,\t \tbaz=3";
    SpanContext span = extract("traceparent", VALID, "tracestate", "\t " + state + " \t");
    assertThat(span.getTraceState().asMap())
        .containsExactly(Map.entry("foo", "1"), Map.entry("bar", " 2"), Map.entry("baz", "3"));
    assertThat(inject(span).all("tracestate")).containsExactly(state);
  }

  @Test
  void takesTheFirstOfMembersWithTheSameKey() {
    SpanContext span = extract("traceparent", VALID, "tracestate", "foo=1,foo=2,bar=3,foo=1");
    assertThat(span.getTraceState().asMap())
        .containsExactly(Map.entry("foo", "1"), Map.entry("bar", "3"));
    assertThat(span.getTraceState().get("foo")).isEqualTo("1");
    assertThat(span.getTraceState().get("none")).isNull();
  }

  @Test
  void takesEveryCharacterThatIsAllowed() {
    String key = "abcdefghijklmnopqrstuvwxyz0123456789_-*/";
    String value =
        IntStream.rangeClosed(' ', '~')
            .filter(c -> c != ',' && c != '=')
            .mapToObj(c -> String.valueOf((char) c))
            .collect(Collectors.joining());
    for (String k : List.of(key, key + "@a-z0-9_-*/", "0", "9@", "foo@@bar", "foo@bar@baz")) {
      SpanContext span = extract("traceparent", VALID, "tracestate", k + "=" + value);
      assertThat(span.getTraceState().get(k)).isEqualTo(value);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "foo =1",
        "FOO=1",
        "foo.bar=1",
        "@foo=1,bar=2",
        "_foo=1",
        "=1",
        "foo",
        "foo=",
        "foo= ",
        "foo=,bar=3",
        "foo=bar=baz",
        "foo=\u00e4",
        "f\u00e4=1",
        "foo=a\u007f",
        "foo=a\u0001b",
        "foo=a\tb",
        "foo\t=1",
        "bar=2,foo"
      })
  void discardsAnInvalidTracestateAsAWhole(String state) {
    SpanContext span = extract("traceparent", VALID, "tracestate", "ok=1", "tracestate", state);
    assertThat(span.getTraceId()).isEqualTo(TRACE);
    assertThat(span.getTraceState().isEmpty()).isTrue();
  }

  @Test
  void takes32MembersAndNot33() {
    assertThat(stateOf(members(32)).size()).isEqualTo(32);
    assertThat(stateOf(members(33)).isEmpty()).isTrue();
  }

  private static String members(int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(i -> "bar%02d=%02d".formatted(i, i))
        .collect(Collectors.joining(","));
  }

  @Test
  void takesKeysAndValuesOf256CharactersAndNot257() {
    assertThat(stateOf("foo=1," + "z".repeat(256) + "=1").size()).isEqualTo(2);
    assertThat(stateOf("foo=1," + "z".repeat(257) + "=1").isEmpty()).isTrue();
    assertThat(stateOf("t".repeat(241) + "@" + "v".repeat(14) + "=1").size()).isEqualTo(1);
    assertThat(stateOf("t@" + "v".repeat(15) + "=1").size()).isEqualTo(1);
    assertThat(stateOf("foo=1,bar=" + "z".repeat(256)).size()).isEqualTo(2);
    assertThat(stateOf("foo=1,bar=" + "z".repeat(257)).isEmpty()).isTrue();
  }

  @Test
  void carriesTheLargestValidTracestate() {
    String state =
        IntStream.range(0, 32)
            .mapToObj(i -> "k".repeat(254) + "%02d=".formatted(i) + "v".repeat(256))
            .collect(Collectors.joining(" , "));
    SpanContext span = extract("traceparent", VALID, "tracestate", state);
    assertThat(inject(span).all("tracestate")).containsExactly(state);
  }

  @Test
  void isNotKeptBusyByHostileHeaders() {
    Headers many = Headers.of("traceparent", VALID);
    for (int i = 0; i < 10_000; i++) {
      many.add("tracestate", i % 2 == 0 ? "" : "a" + i + "=1");
    }
    assertThat(extract(many).getTraceState().isEmpty()).isTrue();
    assertThat(stateOf(" ".repeat(10_000_000) + "foo=1").isEmpty()).isTrue();
    assertThat(stateOf(",".repeat(10_000_000)).isEmpty()).isTrue();
    assertThat(extract("traceparent", VALID + "x".repeat(10_000_000)).isValid()).isFalse();
    assertThat(extract("traceparent", "-".repeat(10_000_000)).isValid()).isFalse();
  }

  @Test
  void writesTheStateOfATracerWithTheNewestMemberFirst() {
    TraceState state = stateOf("foo@@=1,bar=2").toBuilder().put("own", "3").build();
    assertThat(inject(SpanContext.create(TRACE, PARENT, TraceFlags.getDefault(), state)))
        .satisfies(
            headers ->
                assertThat(headers.all("tracestate").get(0)).startsWith("own=3").endsWith("bar=2"));
  }

  @Test
  void writesNothingWithoutASpan() {
    Headers headers = new Headers();
    propagator.inject(Context.root(), headers, Headers.SETTER);
    assertThat(headers.size()).isZero();
  }

  /** Against a description of the grammar in another language. */
  @Test
  void agreesWithTheGrammarOnRandomInput() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 200_000; i++) {
      String parent = mutated(random, VALID, "0f-gA., \t");
      String state = mutated(random, "foo=1,b@r= 2 , baz=3,,foo=4", "=, \t@aZ\u00e4");
      String what = "seed " + seed + ": <" + parent + "> <" + state + ">";
      SpanContext span = extract("traceparent", parent, "tracestate", state);
      Matcher matcher = TRACEPARENT.matcher(strip(parent));
      boolean valid =
          matcher.matches()
              && !matcher.group(1).equals("ff")
              && (!matcher.group(1).equals("00") || matcher.group(5) == null)
              && !matcher.group(2).matches("0+")
              && !matcher.group(3).matches("0+");
      assertThat(span.isValid()).as(what).isEqualTo(valid);
      if (valid) {
        assertThat(span.getTraceId()).as(what).isEqualTo(matcher.group(2));
        assertThat(span.getSpanId()).as(what).isEqualTo(matcher.group(3));
        assertThat(span.getTraceState().asMap()).as(what).isEqualTo(byGrammar(state));
      }
    }
  }

  private static final Pattern TRACEPARENT =
      Pattern.compile("([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");
  private static final Pattern MEMBER =
      Pattern.compile(
          "([a-z0-9][a-z0-9_*/@-]{0,255})=([\\x20-\\x2b\\x2d-\\x3c\\x3e-\\x7e]{0,255}"
              + "[\\x21-\\x2b\\x2d-\\x3c\\x3e-\\x7e])");

  private static Map<String, String> byGrammar(String state) {
    Map<String, String> map = new LinkedHashMap<>();
    for (String member : state.split(",", -1)) {
      String stripped = strip(member);
      if (!stripped.isEmpty()) {
        Matcher matcher = MEMBER.matcher(stripped);
        if (!matcher.matches()) {
          return Map.of();
        }
        map.putIfAbsent(matcher.group(1), matcher.group(2));
      }
    }
    return map;
  }

  private static String strip(String text) {
    return text.replaceAll("^[ \t]+|[ \t]+$", "");
  }

  private static String mutated(Random random, String text, String alphabet) {
    StringBuilder result = new StringBuilder(text);
    for (int n = random.nextInt(3); n > 0; n--) {
      int at = random.nextInt(result.length());
      char c = alphabet.charAt(random.nextInt(alphabet.length()));
      switch (random.nextInt(4)) {
        case 0 -> result.insert(at, c);
        case 1 -> result.deleteCharAt(at);
        case 2 -> result.append(c);
        default -> result.setCharAt(at, c);
      }
    }
    return result.toString();
  }

  private TraceState stateOf(String header) {
    return extract("traceparent", VALID, "tracestate", header).getTraceState();
  }

  private SpanContext extract(String... namesAndValues) {
    return extract(Headers.of(namesAndValues));
  }

  private SpanContext extract(Headers headers) {
    return Span.fromContext(propagator.extract(Context.root(), headers, Headers.GETTER))
        .getSpanContext();
  }

  private Headers inject(SpanContext span) {
    Headers headers = new Headers();
    propagator.inject(Context.root().with(Span.wrap(span)), headers, Headers.SETTER);
    assertThat(Arrays.asList("traceparent", "tracestate")).containsAll(propagator.fields());
    return headers;
  }
}
