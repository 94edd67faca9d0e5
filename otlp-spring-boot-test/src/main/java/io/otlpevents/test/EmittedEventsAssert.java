package io.otlpevents.test;

import io.opentelemetry.api.logs.Severity;
import io.otlpevents.EventType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on emitted events. Immutable: each method returns what the next one builds on.
 *
 * <pre>{@code
 * assertThat(events)
 *     .hasEvent("order.placed").withAttribute("order.id", "o-1").count(1)
 *     .hasEvent("shipment.dispatched")
 *     .never("payment.declined")
 *     .inOrder("order.placed", "shipment.dispatched");
 * }</pre>
 *
 * <p>{@link #hasEvent} and {@link #named} select events, {@code with…} narrow the selection. After
 * {@code hasEvent}, every step demands that an event is left; after {@code named}, only {@link
 * #count} and {@link #never()} demand something. A failure lists what was emitted.
 */
public final class EmittedEventsAssert extends AbstractAssert<EmittedEventsAssert, EmittedEvents> {

  private final List<Condition> scope;
  private final List<Condition> selection;
  private final boolean demanding;
  private final Duration patience;

  EmittedEventsAssert(EmittedEvents events) {
    this(events, List.of(), List.of(), false, Duration.ZERO);
  }

  private EmittedEventsAssert(
      EmittedEvents events,
      List<Condition> scope,
      List<Condition> selection,
      boolean demanding,
      Duration patience) {
    super(events, EmittedEventsAssert.class);
    this.scope = scope;
    this.selection = selection;
    this.demanding = demanding;
    this.patience = patience;
  }

  /**
   * Makes what follows wait for events that are still to come, up to this time for each demand.
   * What is demanded not to be there is not waited for.
   */
  public EmittedEventsAssert await(Duration atMost) {
    return described(new EmittedEventsAssert(actual, scope, selection, demanding, atMost));
  }

  /** Demands an event with this name, and selects the events with it. */
  public EmittedEventsAssert hasEvent(String name) {
    return select(name, true);
  }

  /** Selects the events with this name, of which there may be none. */
  public EmittedEventsAssert named(String name) {
    return select(name, false);
  }

  private EmittedEventsAssert select(String name, boolean demand) {
    Condition named =
        new Condition("named " + Descriptions.value(name), event -> event.name().equals(name));
    return described(new EmittedEventsAssert(actual, scope, List.of(named), demand, patience))
        .demand();
  }

  /**
   * Looks only at events of this trace. Before {@link #hasEvent} or {@link #named}, that holds for
   * all that follows.
   */
  public EmittedEventsAssert inTrace(String traceId) {
    Condition traced =
        new Condition("in trace " + traceId, event -> event.traceId().equals(traceId));
    return selection.isEmpty()
        ? described(
            new EmittedEventsAssert(actual, plus(scope, traced), selection, demanding, patience))
        : narrow(traced);
  }

  /**
   * Narrows down to events with this attribute. Numbers are compared as they arrive, integers as
   * {@code long}; enums by name, other objects by their {@code toString()}.
   */
  public EmittedEventsAssert withAttribute(String key, Object value) {
    return narrow(
        new Condition(
            "with " + key + " = " + Descriptions.value(Plain.of(value)),
            event ->
                event.attributes().containsKey(key) && Plain.matches(value, event.attribute(key))));
  }

  /** Narrows down to events that have an attribute with this key. */
  public EmittedEventsAssert withAttribute(String key) {
    return narrow(
        new Condition("with an attribute " + key, event -> event.attributes().containsKey(key)));
  }

  /** Narrows down to events with all of these attributes. */
  public EmittedEventsAssert withAttributes(Map<String, ?> attributes) {
    EmittedEventsAssert narrowed = this;
    for (Map.Entry<String, ?> attribute : attributes.entrySet()) {
      narrowed =
          narrowed.withAttribute(attribute.getKey(), Objects.requireNonNull(attribute.getValue()));
    }
    return narrowed;
  }

  /** Narrows down to events without an attribute with this key. */
  public EmittedEventsAssert withoutAttribute(String key) {
    return narrow(
        new Condition(
            "without an attribute " + key, event -> !event.attributes().containsKey(key)));
  }

  /** Narrows down to events with this severity. */
  public EmittedEventsAssert withSeverity(Severity severity) {
    return narrow(
        new Condition("with severity " + severity, event -> event.severity() == severity));
  }

  /** Narrows down to events of this kind. */
  public EmittedEventsAssert withType(EventType type) {
    return type == EventType.CUSTOM
        ? withoutAttribute(EventType.ATTRIBUTE)
        : withAttribute(EventType.ATTRIBUTE, type.value());
  }

  /** Narrows down to events with this display text, or other body. */
  public EmittedEventsAssert withBody(Object body) {
    return narrow(
        new Condition(
            "with the body " + Descriptions.value(Plain.of(body)),
            event -> Plain.matches(body, event.body())));
  }

  /**
   * Narrows down to events with this payload, in whatever mode it was recorded. Where a payload's
   * entries are attributes, an event may have more attributes than those.
   */
  public EmittedEventsAssert withPayload(Map<String, ?> payload) {
    return withPayload(Descriptions.value(Plain.of(payload)), payload);
  }

  /** Narrows down to events with this payload, see {@link #withPayload(Map)}; needs Jackson 3. */
  public EmittedEventsAssert withPayloadJson(String json) {
    return withPayload(json, Json.parse(json));
  }

  private EmittedEventsAssert withPayload(String description, @Nullable Object expected) {
    Object plain = Plain.of(expected);
    return narrow(
        new Condition(
            "with the payload " + description,
            event -> {
              Object payload = event.payload();
              if (payload instanceof Map<?, ?> || payload instanceof List<?>) {
                return Objects.deepEquals(plain, payload);
              }
              return plain instanceof Map<?, ?> map
                  && Plain.flat(map).entrySet().stream()
                      .allMatch(
                          entry ->
                              Objects.deepEquals(
                                  entry.getValue(), event.attribute(entry.getKey())));
            }));
  }

  /** Narrows down to events of which this is true; the words complete "an event …". */
  public EmittedEventsAssert matching(String words, Predicate<? super EmittedEvent> predicate) {
    return narrow(new Condition(words, predicate::test));
  }

  /** Looks at each selected event, with assertions of any kind. */
  public EmittedEventsAssert allSatisfy(Consumer<? super EmittedEvent> assertions) {
    selected(actual.all()).forEach(assertions);
    return this;
  }

  /** Demands exactly this many selected events; of all events if none are selected. */
  public EmittedEventsAssert count(int expected) {
    List<EmittedEvent> found = await(events -> events.size() >= expected);
    if (found.size() != expected) {
      fail(
          "Expected "
              + events(expected)
              + words()
              + " but there "
              + (found.size() == 1 ? "is " : "are ")
              + found.size()
              + ".");
    }
    return this;
  }

  /** Demands that no event is selected; that there is none at all if none are selected. */
  public EmittedEventsAssert never() {
    return count(0);
  }

  /** Demands that there is no event with this name. */
  public EmittedEventsAssert never(String name) {
    named(name).never();
    return this;
  }

  /**
   * Demands that events with these names were emitted in this order; others may lie between them.
   */
  public EmittedEventsAssert inOrder(String... names) {
    EmittedEventsAssert all =
        described(new EmittedEventsAssert(actual, scope, List.of(), false, patience));
    List<EmittedEvent> found = all.await(events -> firstMissing(events, names) == names.length);
    int missing = firstMissing(found, names);
    if (missing < names.length) {
      String after = missing == 0 ? "" : " after " + Descriptions.value(names[missing - 1]);
      all.fail(
          "Expected the events "
              + Arrays.stream(names).map(Descriptions::value).collect(Collectors.joining(", "))
              + all.words()
              + " in this order but there is no "
              + Descriptions.value(names[missing])
              + after
              + ".");
    }
    return this;
  }

  private static int firstMissing(List<EmittedEvent> events, String... names) {
    int next = 0;
    for (EmittedEvent event : events) {
      if (next < names.length && event.name().equals(names[next])) {
        next++;
      }
    }
    return next;
  }

  private EmittedEventsAssert narrow(Condition condition) {
    return described(
            new EmittedEventsAssert(actual, scope, plus(selection, condition), demanding, patience))
        .demand();
  }

  private EmittedEventsAssert demand() {
    if (demanding && await(events -> !events.isEmpty()).isEmpty()) {
      fail("Expected an event" + words() + " but there is none.");
    }
    return this;
  }

  /** The selected events, once they are enough or no more may come in time. */
  private List<EmittedEvent> await(Predicate<List<EmittedEvent>> enough) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      // Before looking, so that what arrives meanwhile is news.
      int seen = actual.arrivedCount();
      List<EmittedEvent> found = selected(actual.all());
      if (enough.test(found) || !actual.awaitNews(seen, deadline)) {
        return found;
      }
    }
  }

  private List<EmittedEvent> selected(List<EmittedEvent> events) {
    return events.stream()
        .filter(event -> scope.stream().allMatch(condition -> condition.fits.test(event)))
        .filter(event -> selection.stream().allMatch(condition -> condition.fits.test(event)))
        .toList();
  }

  private String words() {
    StringBuilder words = new StringBuilder();
    for (Condition condition : plus(selection, scope)) {
      words.append("\n  ").append(condition.words);
    }
    return words.length() == 0 ? "" : words.append('\n').toString();
  }

  private static String events(int count) {
    return count == 0 ? "no event" : count == 1 ? "1 event" : count + " events";
  }

  private void fail(String expectation) {
    failWithMessage(
        "%s",
        expectation.replace("\n but", "\nbut").replace("\n in this", "\nin this")
            + "\n"
            + Descriptions.list(actual.all())
            + actual.losses());
  }

  private EmittedEventsAssert described(EmittedEventsAssert next) {
    String description = descriptionText();
    return description.isEmpty() ? next : next.as("%s", description);
  }

  private static List<Condition> plus(List<Condition> conditions, Condition more) {
    return plus(conditions, List.of(more));
  }

  private static List<Condition> plus(List<Condition> conditions, List<Condition> more) {
    List<Condition> sum = new ArrayList<>(conditions);
    sum.addAll(more);
    return List.copyOf(sum);
  }

  /** What an event is asked for, in words that complete "an event …". */
  private record Condition(String words, Predicate<EmittedEvent> fits) {}
}
