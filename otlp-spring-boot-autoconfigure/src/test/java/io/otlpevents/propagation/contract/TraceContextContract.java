package io.otlpevents.propagation.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the W3C asks of a participant, seen from outside: header lines that arrive, and those that
 * leave.
 *
 * @see <a href="https://github.com/w3c/trace-context/tree/main/test">The W3C's own harness</a>
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class TraceContextContract {

  private static final String TRACE = "12345678901234567890123456789012";
  private static final String PARENT = "1234567890123456";
  private static final String FORM = "00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}";
  private static final String VALID = "traceparent: 00-" + TRACE + "-" + PARENT + "-00";

  private RunningApplication application;

  /** Starts an application that takes part in traces. */
  protected abstract RunningApplication start();

  @BeforeAll
  final void startApplication() {
    application = start();
  }

  protected final RunningApplication application() {
    return application;
  }

  @AfterAll
  final void stopApplication() throws Exception {
    application.close();
  }

  @BeforeEach
  final void forget() {
    application.downstream().clear();
  }

  @AfterEach
  final void leavesNothingBehind() {
    application.assertNoContextRemains();
  }

  @Test
  void beginsATraceWhereNoneCameIn() {
    assertThat(send().trace).isNotEqualTo("0".repeat(32));
  }

  @Test
  void keepsTheTraceAndChangesTheParent() {
    Sent sent = send("traceparent: 00-" + TRACE + "-" + PARENT + "-01");
    assertThat(sent.trace).isEqualTo(TRACE);
    assertThat(sent.parent).isNotEqualTo(PARENT).isNotEqualTo("0".repeat(16));
    assertThat(sent.flags & 1).isEqualTo(1);
  }

  @Test
  void beginsATraceAfterARepeatedTraceparent() {
    assertThat(
            send(
                    "traceparent: 00-12345678901234567890123456789011-1234567890123456-01",
                    "traceparent: 00-12345678901234567890123456789012-1234567890123456-01")
                .trace)
        .isNotEqualTo("12345678901234567890123456789011")
        .isNotEqualTo(TRACE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"trace-parent", "trace.parent"})
  void knowsNoOtherNames(String name) {
    assertThat(send(name + ": 00-" + TRACE + "-" + PARENT + "-01").trace).isNotEqualTo(TRACE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TraceParent", "TrAcEpArEnT", "TRACEPARENT"})
  void ignoresTheCaseOfNames(String name) {
    assertThat(send(name + ": 00-" + TRACE + "-" + PARENT + "-01").trace).isEqualTo(TRACE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00-12345678901234567890123456789012-1234567890123456-01.",
        "00-12345678901234567890123456789012-1234567890123456-01-what-the-future-will-be-like",
        "cc-12345678901234567890123456789012-1234567890123456-01.what-the-future-will-be-like",
        "ff-12345678901234567890123456789012-1234567890123456-01",
        ".0-12345678901234567890123456789012-1234567890123456-01",
        "0.-12345678901234567890123456789012-1234567890123456-01",
        "000-12345678901234567890123456789012-1234567890123456-01",
        "0000-12345678901234567890123456789012-1234567890123456-01",
        "0-12345678901234567890123456789012-1234567890123456-01",
        "00-00000000000000000000000000000000-1234567890123456-01",
        "00-.2345678901234567890123456789012-1234567890123456-01",
        "00-1234567890123456789012345678901.-1234567890123456-01",
        "00-1234567890123456789012345678901A-1234567890123456-01",
        "00-123456789012345678901234567890123-1234567890123456-01",
        "00-1234567890123456789012345678901-1234567890123456-01",
        "00-12345678901234567890123456789012-0000000000000000-01",
        "00-12345678901234567890123456789012-.234567890123456-01",
        "00-12345678901234567890123456789012-123456789012345.-01",
        "00-12345678901234567890123456789012-123456789012345A-01",
        "00-12345678901234567890123456789012-12345678901234567-01",
        "00-12345678901234567890123456789012-123456789012345-01",
        "00-12345678901234567890123456789012-1234567890123456-.0",
        "00-12345678901234567890123456789012-1234567890123456-0.",
        "00-12345678901234567890123456789012-1234567890123456-001",
        "00-12345678901234567890123456789012-1234567890123456-1",
        ""
      })
  void beginsATraceAfterAnInvalidTraceparent(String value) {
    Sent sent = send("traceparent: " + value, "tracestate: foo=1");
    assertThat(sent.trace)
        .doesNotContain("1234567890123456789012345678901")
        .isNotEqualTo("23456789012345678901234567890123")
        .isNotEqualTo("0".repeat(32));
    assertThat(sent.state).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cc-12345678901234567890123456789012-1234567890123456-01",
        "cc-12345678901234567890123456789012-1234567890123456-01-what-the-future-will-be-like"
      })
  void continuesTracesOfLaterVersions(String value) {
    assertThat(send("traceparent: " + value).trace).isEqualTo(TRACE);
  }

  @ParameterizedTest
  @ValueSource(strings = {" %s", "\t%s", "%s ", "%s\t", "\t %s \t"})
  void ignoresWhiteSpace(String form) {
    String value = form.formatted("00-" + TRACE + "-" + PARENT + "-01");
    Sent sent = send("traceparent:" + value, "tracestate:" + form.formatted("foo=1"));
    assertThat(sent.trace).isEqualTo(TRACE);
    assertThat(sent.state).containsExactly(Map.entry("foo", "1"));
  }

  @Test
  void ignoresATracestateAlone() {
    assertThat(send("tracestate: foo=1").state).isEqualTo(send("tracestate: foo=1,bar=2").state);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tracestate", "TraceState", "TrAcEsTaTe", "TRACESTATE"})
  void carriesATracestate(String name) {
    Sent sent = send(VALID, name + ": foo=1,bar=2");
    assertThat(sent.trace).isEqualTo(TRACE);
    assertThat(sent.state).containsExactly(Map.entry("foo", "1"), Map.entry("bar", "2"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"trace-state", "trace.state"})
  void knowsNoOtherNamesOfTheTracestate(String name) {
    assertThat(send(VALID, name + ": foo=1").state).isEmpty();
  }

  @Test
  void takesEmptyTracestates() {
    assertThat(send(VALID, "tracestate: ").trace).isEqualTo(TRACE);
    assertThat(send(VALID, "tracestate: foo=1", "tracestate: ").state)
        .containsExactly(Map.entry("foo", "1"));
    assertThat(send(VALID, "tracestate: ", "tracestate: foo=1").state)
        .containsExactly(Map.entry("foo", "1"));
  }

  @Test
  void combinesRepeatedTracestatesInTheirOrder() {
    Sent sent =
        send(VALID, "tracestate: foo=1,bar=2", "tracestate: rojo=1,congo=2", "tracestate: baz=3");
    assertThat(new ArrayList<>(sent.state.keySet()))
        .containsExactly("foo", "bar", "rojo", "congo", "baz");
  }

  @Test
  void survivesRepeatedKeys() {
    assertThat(send(VALID, "tracestate: foo=1,foo=1").state).containsEntry("foo", "1");
    assertThat(send(VALID, "tracestate: foo=1,foo=2").state).containsKey("foo");
    assertThat(send(VALID, "tracestate: foo=1", "tracestate: foo=2").state).containsKey("foo");
  }

  @Test
  void takesEveryCharacterThatIsAllowed() {
    String key = "abcdefghijklmnopqrstuvwxyz0123456789_-*/";
    String value =
        IntStream.rangeClosed(' ', '~')
            .filter(c -> c != ',' && c != '=')
            .mapToObj(c -> String.valueOf((char) c))
            .collect(Collectors.joining());
    for (String k : List.of(key, key + "@a-z0-9_-*/", "foo@", "foo@@bar", "foo@bar@baz", "0a")) {
      assertThat(send(VALID, "tracestate: " + k + "=" + value).state)
          .containsExactly(Map.entry(k, value));
    }
  }

  @Test
  void ignoresWhiteSpaceBetweenMembers() {
    for (String state :
        List.of("foo=1 \t , \t bar=2, \t baz=3", "foo=1\t \t,\t \tbar=2,\t \tbaz=3")) {
      assertThat(send(VALID, "tracestate: " + state).state)
          .containsExactly(Map.entry("foo", "1"), Map.entry("bar", "2"), Map.entry("baz", "3"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "foo =1",
        "FOO=1",
        "foo.bar=1",
        "@foo=1,bar=2",
        "foo=bar=baz",
        "foo=,bar=3",
        "foo",
        "=1"
      })
  void discardsAnInvalidTracestate(String state) {
    Sent sent = send(VALID, "tracestate: ok=1", "tracestate: " + state);
    assertThat(sent.trace).isEqualTo(TRACE);
    assertThat(sent.state).isEmpty();
  }

  @Test
  void takes32MembersAndNot33() {
    assertThat(send(VALID, "tracestate: " + members(1, 20), "tracestate: " + members(21, 32)).state)
        .hasSize(32);
    assertThat(send(VALID, "tracestate: " + members(1, 20), "tracestate: " + members(21, 33)).state)
        .isEmpty();
  }

  private static String members(int from, int to) {
    return IntStream.rangeClosed(from, to)
        .mapToObj(i -> "bar%02d=%02d".formatted(i, i))
        .collect(Collectors.joining(","));
  }

  @Test
  void takesKeysOf256CharactersAndNot257() {
    for (String key :
        List.of(
            "z".repeat(256),
            "t".repeat(241) + "@" + "v".repeat(14),
            "t".repeat(242) + "@v",
            "t@" + "v".repeat(15))) {
      assertThat(send(VALID, "tracestate: foo=1", "tracestate: " + key + "=1").state)
          .containsExactly(Map.entry("foo", "1"), Map.entry(key, "1"));
    }
    assertThat(send(VALID, "tracestate: foo=1", "tracestate: " + "z".repeat(257) + "=1").state)
        .isEmpty();
  }

  @Test
  void keepsTheRandomFlag() {
    Sent set = send("traceparent: 00-" + TRACE + "-" + PARENT + "-02");
    assertThat(set.flags & 2).isEqualTo(2);
    Sent both = send("traceparent: 00-" + TRACE + "-" + PARENT + "-03");
    assertThat(both.flags & 3).isEqualTo(3);
    assertThat(send("traceparent: 00-" + TRACE + "-" + PARENT + "-01").flags & 2).isZero();
  }

  @Test
  void clearsReservedFlags() {
    assertThat(send("traceparent: 00-" + TRACE + "-" + PARENT + "-ff").flags & 0xFC).isZero();
  }

  @Test
  void givesEachRequestAParentOfItsOwn() {
    for (String header :
        List.of(
            "traceparent: 00-" + TRACE + "-" + PARENT + "-01",
            "traceparent: 00-00000000000000000000000000000000-" + PARENT + "-01",
            "x: y")) {
      application.downstream().clear();
      application.get("/call?count=3", header);
      Set<String> traces = new HashSet<>();
      Set<String> parents = new HashSet<>();
      for (int i = 0; i < 3; i++) {
        Sent sent = Sent.of(application.downstream(), i);
        traces.add(sent.trace);
        parents.add(sent.parent);
      }
      assertThat(parents).as(header).hasSize(3);
      assertThat(traces).as(header).hasSize(1);
    }
  }

  @Test
  void servesRequestsWithHostileHeaders() {
    assertThat(send("traceparent: " + "-".repeat(6000)).trace).isNotEqualTo(TRACE);
    assertThat(send(VALID, "tracestate: " + ",".repeat(6000)).trace).isEqualTo(TRACE);
    String[] many = new String[90];
    for (int i = 0; i < many.length; i++) {
      many[i] = "tracestate: " + "k" + i + "=1";
    }
    many[0] = VALID;
    assertThat(send(many).state).isEmpty();
  }

  private Sent send(String... headerLines) {
    application.downstream().clear();
    application.get("/call", headerLines);
    assertThat(application.downstream().count()).isEqualTo(1);
    return Sent.of(application.downstream(), 0);
  }

  /** What left. */
  private record Sent(String trace, String parent, int flags, Map<String, String> state) {

    static Sent of(RawDownstream downstream, int request) {
      List<String> parents = downstream.header(request, "traceparent");
      assertThat(parents).hasSize(1);
      String value = parents.get(0);
      assertThat(value).matches(FORM);
      Map<String, String> state = new LinkedHashMap<>();
      for (String line : downstream.header(request, "tracestate")) {
        for (String member : line.split(",", -1)) {
          String stripped = member.replaceAll("^[ \t]+|[ \t]+$", "");
          if (!stripped.isEmpty()) {
            String[] parts = stripped.split("=", 2);
            state.putIfAbsent(parts[0], parts[1]);
          }
        }
      }
      return new Sent(
          value.substring(3, 35),
          value.substring(36, 52),
          Integer.parseInt(value.substring(53), 16),
          state);
    }
  }
}
