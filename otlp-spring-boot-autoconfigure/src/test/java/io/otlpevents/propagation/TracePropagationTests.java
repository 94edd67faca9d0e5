package io.otlpevents.propagation;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class TracePropagationTests {

  private static final String TRACE = "12345678901234567890123456789012";
  private static final String VALID = "00-" + TRACE + "-1234567890123456-03";
  private static final SpanContext SPAN =
      SpanContext.create(
          "abcdefabcdefabcdefabcdefabcdefab",
          "abcdefabcdefabcd",
          TraceFlags.getSampled(),
          TraceState.getDefault());

  private final TraceStacks none = new TraceStacks(List::of);

  @Test
  void forwardsUnchanged() {
    TracePropagation propagation = alone(PropagationMode.FORWARD);
    Context context =
        arrive(propagation, "traceparent", VALID, "tracestate", "a=1 ,b=2", "baggage", "k=%41");
    Headers left = leave(propagation, context);
    assertThat(left.all("traceparent")).containsExactly(VALID);
    assertThat(left.all("tracestate")).containsExactly("a=1 ,b=2");
    assertThat(left.all("baggage")).containsExactly("k=%41");
    assertThat(new CurrentSpans(none).spanContext(context).getTraceId()).isEqualTo(TRACE);
  }

  @Test
  void forwardsBaggageWithoutATrace() {
    TracePropagation propagation = alone(PropagationMode.FORWARD);
    Context context =
        arrive(propagation, "traceparent", "junk", "tracestate", "a=1", "baggage", "k=1");
    Headers left = leave(propagation, context);
    assertThat(left.size()).isEqualTo(1);
    assertThat(left.all("baggage")).containsExactly("k=1");
  }

  @Test
  void givesEventsALocalTraceThatNeverLeaves() {
    TracePropagation propagation = alone(PropagationMode.FORWARD);
    Context context = arrive(propagation);
    SpanContext local = new CurrentSpans(none).spanContext(context);
    assertThat(local.isValid()).isTrue();
    assertThat(Span.fromContext(context).getSpanContext().isValid()).isFalse();
    assertThat(leave(propagation, context).size()).isZero();
    assertThat(propagation.incoming(context, new Headers(), Headers.GETTER)).isNull();
    assertThat(new CurrentSpans(none).spanContext(arrive(propagation)).getTraceId())
        .isNotEqualTo(local.getTraceId());
  }

  @Test
  void takesPartWithAParentIdForEachRequest() {
    TracePropagation propagation = alone(PropagationMode.PARTICIPATE);
    Context context = arrive(propagation, "traceparent", VALID, "tracestate", "a=1");
    SpanContext hop = Span.fromContext(context).getSpanContext();
    assertThat(hop.getTraceId()).isEqualTo(TRACE);
    assertThat(hop.getSpanId()).isNotEqualTo("1234567890123456");
    String first = leave(propagation, context).all("traceparent").get(0);
    String second = leave(propagation, context).all("traceparent").get(0);
    assertThat(first).startsWith("00-" + TRACE + "-").endsWith("-03").isNotEqualTo(second);
    assertThat(first).doesNotContain("1234567890123456-03").doesNotContain(hop.getSpanId());
    assertThat(leave(propagation, context).all("tracestate")).containsExactly("a=1");
  }

  @Test
  void beginsATraceWhereNoneCameIn() {
    TracePropagation propagation = alone(PropagationMode.PARTICIPATE);
    Context context = arrive(propagation);
    String trace = Span.fromContext(context).getSpanContext().getTraceId();
    assertThat(leave(propagation, context).all("traceparent").get(0))
        .matches("00-" + trace + "-[0-9a-f]{16}-0[23]");
    assertThat(leave(propagation, Context.root()).all("traceparent")).hasSize(1);
  }

  @Test
  void keepsAGatewaysCopiesWhereNothingIsKnownOfTheRequest() {
    TracePropagation propagation = alone(PropagationMode.PARTICIPATE);
    Headers copies = Headers.of("traceparent", VALID, "baggage", "k=1");
    propagation.relay(Context.root(), relayed(copies), true);
    assertThat(copies.all("traceparent")).containsExactly(VALID);
    assertThat(copies.all("baggage")).containsExactly("k=1");
    propagation.relay(Context.root(), relayed(copies), false);
    assertThat(copies.size()).isZero();
  }

  private static RelayedHeaders relayed(Headers headers) {
    return new RelayedHeaders() {
      @Override
      public boolean isChanged(String name) {
        return false;
      }

      @Override
      public void remove(String name) {
        headers.remove(name);
      }

      @Override
      public void set(String name, String value) {
        Headers.SETTER.set(headers, name, value);
      }
    };
  }

  @Test
  void marksTheShareOfBegunTracesAsSampled() {
    for (double ratio : new double[] {0, 1, 0.25}) {
      int sampled = 0;
      for (int i = 0; i < 20_000; i++) {
        SpanContext span = OwnTrace.originate(ratio);
        assertThat(span.isValid()).isTrue();
        assertThat(span.getTraceFlags().asByte() & 2).isEqualTo(2);
        sampled += span.isSampled() ? 1 : 0;
      }
      // Ten standard deviations.
      assertThat(sampled / 20_000.0).isBetween(ratio - 0.031, ratio + 0.031);
    }
  }

  @Test
  void leavesACurrentSpanAlone() {
    for (PropagationMode mode : PropagationMode.values()) {
      TracePropagation propagation = alone(mode);
      Context context = Context.root().with(Span.wrap(SPAN));
      assertThat(propagation.incoming(context, Headers.of("traceparent", VALID), Headers.GETTER))
          .isNull();
      assertThat(leave(propagation, context).all("traceparent"))
          .containsExactly("00-" + SPAN.getTraceId() + "-" + SPAN.getSpanId() + "-01");
    }
  }

  @Test
  void addsOnlyWhatIsAbsent() {
    TracePropagation propagation = alone(PropagationMode.PARTICIPATE);
    Context context =
        arrive(propagation, "traceparent", VALID, "tracestate", "a=1", "baggage", "k=1");
    Headers withTrace = Headers.of("TraceParent", "user's");
    propagation.outgoingIfAbsent(context, withTrace, Headers.SETTER, Headers::has);
    assertThat(withTrace.all("traceparent")).containsExactly("user's");
    assertThat(withTrace.has("tracestate")).isFalse();
    assertThat(withTrace.all("baggage")).containsExactly("k=1");
    Headers withBaggage = Headers.of("Baggage", "user's");
    propagation.outgoingIfAbsent(context, withBaggage, Headers.SETTER, Headers::has);
    assertThat(withBaggage.all("baggage")).containsExactly("user's");
    assertThat(withBaggage.all("traceparent")).hasSize(1);
    assertThat(withBaggage.all("tracestate")).containsExactly("a=1");
  }

  @Test
  void readsAndWritesTheFormatsGiven() {
    TracePropagation propagation =
        TracePropagation.builder()
            .formats(
                List.of(PropagationFormat.B3, PropagationFormat.W3C, PropagationFormat.B3MULTI))
            .build();
    Context context =
        arrive(
            propagation,
            "traceparent",
            VALID,
            "b3",
            SPAN.getTraceId() + "-" + SPAN.getSpanId() + "-1");
    Headers left = leave(propagation, context);
    assertThat(left.all("b3")).containsExactly(SPAN.getTraceId() + "-" + SPAN.getSpanId() + "-1");
    assertThat(left.all("X-B3-TraceId")).containsExactly(SPAN.getTraceId());
    assertThat(left.all("traceparent"))
        .containsExactly("00-" + SPAN.getTraceId() + "-" + SPAN.getSpanId() + "-01");
    assertThat(left.has("baggage")).isFalse();
  }

  @Test
  void respectsATracerWhosePropagationIsOff() {
    TracePropagation propagation = with(new Stack("off", true, TextMapPropagator.noop()));
    assertThat(
            propagation.incoming(Context.root(), Headers.of("traceparent", VALID), Headers.GETTER))
        .isNull();
    assertThat(leave(propagation, Context.root().with(Span.wrap(SPAN))).size()).isZero();
  }

  @Test
  void usesTheTracersPropagatorAndBeginsNoTraceBesideIt() {
    TracePropagation propagation =
        with(new Stack("on", true, W3cTraceContextPropagator.getInstance()));
    Context context = arrive(propagation, "traceparent", VALID, "baggage", "k=1");
    assertThat(Span.fromContext(context).getSpanContext().getSpanId())
        .isEqualTo("1234567890123456");
    assertThat(Baggage.fromContext(context).isEmpty()).isTrue();
    assertThat(leave(propagation, context).all("traceparent")).containsExactly(VALID);
    assertThat(leave(propagation, Context.root()).size()).isZero();
    assertThat(propagation.incoming(Context.root(), new Headers(), Headers.GETTER)).isNull();
  }

  @Test
  void leavesHttpRequestsToATracerThatWritesBelowTheClients() {
    TracePropagation propagation =
        with(
            new Stack("the agent", true, W3cTraceContextPropagator.getInstance()) {
              @Override
              public boolean writesBelowHttpClients() {
                return true;
              }
            });
    Context context = Context.root().with(Span.wrap(SPAN));
    Headers request = new Headers();
    propagation.outgoingIfAbsent(context, request, Headers.SETTER, Headers::has);
    assertThat(request.size()).isZero();
    assertThat(leave(propagation, context).all("traceparent")).hasSize(1);
  }

  @Test
  void takesTheContextToAnotherThread() {
    TracePropagation propagation = alone(PropagationMode.FORWARD);
    Runnable task = () -> assertThat(Span.current().getSpanContext()).isEqualTo(SPAN);
    assertThat(propagation.wrap(task)).isSameAs(task);
    Runnable wrapped;
    try (Scope scope = Span.wrap(SPAN).makeCurrent()) {
      wrapped = propagation.wrap(task);
    }
    wrapped.run();
    assertThat(Context.current()).isSameAs(Context.root());
  }

  @Test
  void letsATracerWithAContextOfItsOwnTakeItToAnotherThread() {
    List<String> steps = new ArrayList<>();
    TracePropagation propagation =
        with(
            new Stack("OpenTelemetry", true, TextMapPropagator.noop()) {
              @Override
              public Runnable wrap(Runnable task) {
                throw new AssertionError("asked");
              }
            },
            new Stack("Brave", false, TextMapPropagator.noop()) {
              @Override
              public Runnable wrap(Runnable task) {
                return () -> {
                  steps.add("Brave");
                  task.run();
                };
              }
            });
    propagation.wrap(() -> steps.add("task")).run();
    assertThat(steps).containsExactly("Brave", "task");
  }

  @Test
  void runsTasksThatATracerCannotWrap() {
    List<String> steps = new ArrayList<>();
    TracePropagation propagation =
        with(
            new Stack("Brave", false, TextMapPropagator.noop()) {
              @Override
              public Runnable wrap(Runnable task) {
                throw new IllegalStateException("expected by a test");
              }
            });
    propagation.wrap(() -> steps.add("task")).run();
    assertThat(steps).containsExactly("task");
  }

  @Test
  void leavesWhatArrivesToATracerWithAContextOfItsOwn() {
    Stack stack = new Stack("Brave", false, W3cTraceContextPropagator.getInstance());
    TracePropagation propagation = with(stack);
    assertThat(
            propagation.incoming(Context.root(), Headers.of("traceparent", VALID), Headers.GETTER))
        .isNull();
    CurrentSpans spans = new CurrentSpans(new TraceStacks(() -> List.of(stack)));
    assertThat(spans.spanContext(null)).isEqualTo(SPAN);
    assertThat(spans.spanContext(Context.root()).isValid()).isFalse();
    try (Scope scope =
        Span.wrap(
                SpanContext.create(
                    TRACE, "1234567890123456", TraceFlags.getDefault(), TraceState.getDefault()))
            .makeCurrent()) {
      assertThat(spans.spanContext(null).getTraceId()).isEqualTo(TRACE);
    }
  }

  @Test
  void warnsOnceAboutSeveralTracers(CapturedOutput output) {
    TracePropagation propagation =
        with(
            new Stack("the agent", true, W3cTraceContextPropagator.getInstance()),
            new Stack("the starter", true, TextMapPropagator.noop()));
    arrive(propagation, "traceparent", VALID);
    arrive(propagation, "traceparent", VALID);
    assertThat(output.getAll())
        .containsOnlyOnce("Several tracers are active: the agent, the starter");
  }

  @Test
  void asksForTracersUntilTheyAreKnown() {
    @Nullable List<TraceStack>[] known = newArray();
    TracePropagation propagation =
        TracePropagation.builder().stacks(new TraceStacks(() -> known[0])).build();
    assertThat(propagation.alone()).isTrue();
    known[0] = List.of(new Stack("late", true, TextMapPropagator.noop()));
    assertThat(propagation.alone()).isFalse();
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static @Nullable List<TraceStack>[] newArray() {
    return new List[1];
  }

  private static TracePropagation alone(PropagationMode mode) {
    return TracePropagation.builder().mode(mode).build();
  }

  private static TracePropagation with(TraceStack... stacks) {
    return TracePropagation.builder()
        .mode(PropagationMode.PARTICIPATE)
        .stacks(new TraceStacks(() -> List.of(stacks)))
        .build();
  }

  private static Context arrive(TracePropagation propagation, String... headers) {
    return Objects.requireNonNull(
        propagation.incoming(Context.root(), Headers.of(headers), Headers.GETTER));
  }

  private static Headers leave(TracePropagation propagation, Context context) {
    Headers headers = new Headers();
    propagation.outgoing(context, headers, Headers.SETTER);
    return headers;
  }

  private static class Stack implements TraceStack {

    private final String name;
    private final boolean usesOpenTelemetryContext;
    private final TextMapPropagator propagator;

    Stack(String name, boolean usesOpenTelemetryContext, TextMapPropagator propagator) {
      this.name = name;
      this.usesOpenTelemetryContext = usesOpenTelemetryContext;
      this.propagator = propagator;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public boolean usesOpenTelemetryContext() {
      return usesOpenTelemetryContext;
    }

    @Override
    public TextMapPropagator propagator() {
      return propagator;
    }

    @Override
    public SpanContext currentSpan() {
      return usesOpenTelemetryContext ? Span.current().getSpanContext() : SPAN;
    }
  }
}
