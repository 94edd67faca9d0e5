package io.otlpevents.aop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.opentelemetry.api.logs.Severity;
import io.otlpevents.EventType;
import io.otlpevents.PayloadMode;
import io.otlpevents.SensitiveValue;
import io.otlpevents.Sensitivity;
import io.otlpevents.annotation.EmitEvent;
import io.otlpevents.annotation.EmitEvent.Outcome;
import io.otlpevents.annotation.EventAttribute;
import io.otlpevents.annotation.Sensitive;
import io.otlpevents.aop.RecordingEmitter.Recorded;
import io.otlpevents.autoconfigure.OtlpEventsAutoConfiguration;
import java.io.IOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.annotation.AliasFor;

/** Each element of the annotations does what it says. */
@ExtendWith(OutputCaptureExtension.class)
class EmitEventElementsTests {

  private final RecordingEmitter emitter = new RecordingEmitter();
  private final RecordingEmitter second = new RecordingEmitter();
  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(AopAutoConfiguration.class, OtlpEventsAutoConfiguration.class))
          .withBean("first", RecordingEmitter.class, () -> emitter, bean -> bean.setPrimary(true))
          .withBean("second", RecordingEmitter.class, () -> second);

  private <T> void with(Class<T> bean, Consumer<T> test) {
    runner.withBean(bean).run(context -> test.accept(context.getBean(bean)));
  }

  @Test
  void severalAnnotationsEmitSeveralEventsInTheirOrder() {
    with(
        Service.class,
        service -> {
          service.twice("x");
          assertThat(emitter.events).extracting(e -> e.name).containsExactly("first", "second");
          assertThat(emitter.events.get(1).attributes).containsExactly(entry("k", "x"));
        });
  }

  @Test
  void countsOnlyTheNamedErrors() {
    with(
        Service.class,
        service -> {
          failing(() -> service.fail(new IOException("a subclass of it")));
          assertThat(emitter.single().name).isEqualTo("failed");
          emitter.events.clear();
          failing(() -> service.fail(new IllegalStateException("not named")));
          assertThat(emitter.events).isEmpty();
        });
  }

  private static void failing(ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(Exception.class);
  }

  @Test
  void emitsOnlyWhenTheConditionHolds(CapturedOutput output) {
    with(
        Service.class,
        service -> {
          service.condition(new Order("o-1", 5, null));
          service.condition(null);
          assertThat(emitter.events).isEmpty();
          service.condition(new Order("o-2", 15, null));
          assertThat(emitter.single().attributes).containsExactly(entry("id", "o-2"));
          assertThat(output).doesNotContain("condition");
        });
  }

  @Test
  void aConditionThatCannotBeDecidedEmitsNothingAndSaysSo(CapturedOutput output) {
    with(
        Service.class,
        service -> {
          assertThat(service.undecided("text")).isEqualTo("text");
          assertThat(emitter.events).isEmpty();
          assertThat(output).contains("neither true nor false").contains("Service.undecided");
        });
  }

  @Test
  void aConditionMaySeeWhatMustNotBeRecorded() {
    with(
        Service.class,
        service -> {
          service.secretCondition("no");
          assertThat(emitter.events).isEmpty();
          service.secretCondition("yes");
          assertThat(emitter.single().attributes.toString()).doesNotContain("yes");
        });
  }

  @Test
  void recordsAPayloadInItsMode() {
    with(
        Service.class,
        service -> {
          Order order = service.payload("o-1");
          assertThat(emitter.events.get(0).payload).isSameAs(order);
          assertThat(emitter.events.get(0).payloadMode).isEqualTo(PayloadMode.JSON_STRING);
          assertThat(emitter.events.get(1).payload).isEqualTo("o-1");
          assertThat(emitter.events.get(1).payloadMode).isNull();
        });
  }

  @Test
  void recordsHowLongTheCallTook() {
    with(
        Service.class,
        service -> {
          long start = System.nanoTime();
          service.timed();
          double most = (System.nanoTime() - start) / 1e9;
          assertThat((Double) emitter.single().attributes.get("operation.duration"))
              .isBetween(0.0, most);
        });
  }

  @Test
  void asksForItsShare() {
    with(
        Service.class,
        service -> {
          service.sampled();
          service.timed();
          assertThat(emitter.events).extracting(e -> e.sample).containsExactly(0.25, 1.0);
        });
  }

  @Test
  void emitsIntoTheNamedEmitter() {
    with(
        Service.class,
        service -> {
          service.elsewhere();
          assertThat(emitter.events).isEmpty();
          assertThat(second.single().name).isEqualTo("elsewhere");
        });
  }

  @Test
  void appliesToThePublicMethodsOfAClassUnlessTheyHaveTheirOwn() {
    with(
        WholeClass.class,
        bean -> {
          bean.one("x");
          bean.own();
          bean.notPublic();
          assertThat(bean.toString()).isNotNull();
          assertThat(emitter.events)
              .extracting(e -> e.name)
              .containsExactly("service.called", "own.called");
          assertThat(emitter.events.get(0).attributes).containsExactly(entry("argument", "x"));
        });
  }

  @Test
  void aSubclassInheritsWhatAppliesToItsSuperclass() {
    with(
        SubClass.class,
        bean -> {
          bean.added();
          bean.one("x");
          assertThat(emitter.events)
              .extracting(e -> e.name)
              .containsExactly("service.called", "service.called");
        });
  }

  @Test
  void anInterfaceSpeaksForItsOwnMethods() {
    with(
        Implementation.class,
        bean -> {
          bean.declared();
          bean.notDeclared();
          assertThat(emitter.single().name).isEqualTo("port.called");
        });
  }

  @Test
  void aComposedAnnotationWorksOnAClass() {
    with(
        Audited.class,
        bean -> {
          bean.grant();
          Recorded event = emitter.single();
          assertThat(event.name).isEqualTo("audit.grant");
          assertThat(event.type).isEqualTo(EventType.SECURITY_AUDIT);
          assertThat(event.severity).isEqualTo(Severity.WARN);
        });
  }

  @Test
  void theNearestDeclarationWins() {
    with(
        Overriding.class,
        bean -> {
          bean.declared();
          assertThat(emitter.single().name).isEqualTo("override.called");
        });
  }

  @Test
  void sensitiveParametersAreMarkedInAttributesAndPayloads() {
    with(
        Secrets.class,
        bean -> {
          bean.parameter("s3cret", "open");
          Recorded event = emitter.single();
          assertMarked(event.attributes.get("annotated"), "s3cret", Sensitivity.HASH);
          assertMarked(event.attributes.get("path"), "s3cret", Sensitivity.HASH);
          assertMarked(event.payload, "s3cret", Sensitivity.HASH);
          assertThat(event.attributes).containsEntry("open", "open");
          assertThat(event.attributes.get("text")).isEqualTo("***!");
          assertThat(event.attributes).doesNotContainKey("part");
          assertThat(event.attributes.toString()).doesNotContain("s3cret");
        });
  }

  @Test
  void sensitivePropertiesAreMarkedHoweverTheyAreRead() {
    with(
        Secrets.class,
        bean -> {
          for (int i = 0; i < 200; i++) { // longer than it takes to compile an expression
            emitter.events.clear();
            bean.property(new Order("o-1", i, new Card("s3cret", "4")));
            Recorded event = emitter.single();
            assertMarked(event.attributes.get("number"), "s3cret", Sensitivity.MASK);
            assertMarked(event.attributes.get("length"), "s3cret", Sensitivity.MASK);
            assertMarked(event.attributes.get("chosen"), "s3cret", Sensitivity.MASK);
            assertThat((List<?>) event.attributes.get("list"))
                .singleElement()
                .isInstanceOf(SensitiveValue.class);
            assertThat(event.attributes).containsEntry("digits", "4");
            assertThat(event.attributes.toString()).doesNotContain("s3cret");
          }
        });
  }

  @Test
  void aSensitiveResultIsMarked() {
    with(
        Secrets.class,
        bean -> {
          assertThat(bean.result()).isEqualTo("s3cret");
          assertMarked(emitter.single().attributes.get("token"), "s3cret", Sensitivity.DROP);
        });
  }

  private static void assertMarked(@Nullable Object value, Object clear, Sensitivity sensitivity) {
    assertThat(value).isInstanceOf(SensitiveValue.class);
    SensitiveValue marked = (SensitiveValue) value;
    assertThat(marked.reveal()).isEqualTo(clear);
    assertThat(marked.sensitivity()).isEqualTo(sensitivity);
  }

  @Test
  void warnsOnceOfMethodsThatNoProxySees(CapturedOutput output) {
    runner
        .withBean(Unseen.class)
        .run(
            context -> {
              Unseen bean = context.getBean(Unseen.class);
              bean.seen();
              assertThat(emitter.events).hasSize(1);
              assertThat(output)
                  .containsOnlyOnce("Unseen.hidden has no effect, because the method is private")
                  .containsOnlyOnce("Unseen.shared has no effect, because the method is static")
                  .containsOnlyOnce("Unseen.last has no effect, because the method is final")
                  .containsOnlyOnce(
                      "Unseen.seen has no effect where the object calls the method itself, in EmitEventElementsTests.Unseen.all");
            });
  }

  @Test
  void warnsOfAFinalClassAndLetsTheApplicationStart(CapturedOutput output) {
    with(
        Final.class,
        bean -> {
          bean.call();
          assertThat(emitter.events).isEmpty();
          assertThat(output).containsOnlyOnce("Final has no effect, because the class is final");
        });
  }

  /** Read by compiled expressions, which need it public. */
  public record Card(@Sensitive String number, String digits) {}

  /** Read by compiled expressions, which need it public. */
  public record Order(String id, int total, @Nullable Card card) {}

  static class Service {

    @EmitEvent("first")
    @EmitEvent(value = "second", attributes = "k=#text")
    void twice(String text) {}

    @EmitEvent(
        value = "failed",
        on = Outcome.FAILURE,
        errors = {IOException.class, IllegalArgumentException.class})
    void fail(Exception failure) throws Exception {
      throw failure;
    }

    @EmitEvent(value = "large", when = "#order.total > 10", attributes = "id=#order.id")
    void condition(@Nullable Order order) {}

    @EmitEvent(value = "undecided", when = "#result")
    String undecided(String text) {
      return text;
    }

    @EmitEvent(value = "secret", when = "#secret == 'yes'", attributes = "s=#secret + ''")
    void secretCondition(@Sensitive String secret) {}

    @EmitEvent(value = "result", payload = EmitEvent.RESULT, payloadMode = PayloadMode.JSON_STRING)
    @EmitEvent(value = "argument", payload = "#id")
    Order payload(String id) {
      return new Order(id, 1, null);
    }

    @EmitEvent(value = "timed", duration = true)
    void timed() {}

    @EmitEvent(value = "sampled", sample = 0.25)
    void sampled() {}

    @EmitEvent(value = "elsewhere", emitter = "second")
    void elsewhere() {}
  }

  /** Annotated as a whole. */
  @EmitEvent("service.called")
  public static class WholeClass {

    /** Has none of its own. */
    public void one(@EventAttribute("argument") String argument) {}

    /** Has its own. */
    @EmitEvent("own.called")
    public void own() {}

    void notPublic() {}
  }

  /** Adds a method. */
  public static class SubClass extends WholeClass {

    /** Added. */
    public void added() {}
  }

  /** A port. */
  @EmitEvent("port.called")
  public interface Port {

    /** Declared here. */
    void declared();
  }

  /** An adapter. */
  public static class Implementation implements Port {

    @Override
    public void declared() {}

    /** Of its own. */
    public void notDeclared() {}
  }

  /** Has its own on the method. */
  public static class Overriding implements Port {

    @Override
    @EmitEvent("override.called")
    public void declared() {}
  }

  @EmitEvent(value = "", type = EventType.SECURITY_AUDIT, severity = Severity.WARN)
  @Retention(RetentionPolicy.RUNTIME)
  @interface Audit {

    @AliasFor(annotation = EmitEvent.class, attribute = "value")
    String name();
  }

  /** Audited as a whole. */
  @Audit(name = "audit.grant")
  public static class Audited {

    /** Audited. */
    public void grant() {}
  }

  static class Secrets {

    @EmitEvent(
        value = "parameter",
        payload = "#secret",
        attributes = {"path=#secret", "text=#p0 + '!'", "part=#secret?.bytes[0]", "open=#open"})
    void parameter(
        @Sensitive(Sensitivity.HASH) @EventAttribute("annotated") String secret, String open) {}

    @EmitEvent(
        value = "property",
        attributes = {
          "number=#order.card.number",
          "length=#order.card.number.length",
          "chosen=#order.total >= 0 ? #order.card.number : 'none'",
          "list={#order.card.number}",
          "digits=#order.card.digits"
        })
    void property(Order order) {}

    @Sensitive(Sensitivity.DROP)
    @EmitEvent(value = "result", attributes = "token=#result")
    String result() {
      return "s3cret";
    }
  }

  /** Has methods that no proxy sees. */
  public static class Unseen {

    @EmitEvent("seen")
    void seen() {}

    @EmitEvent("hidden")
    private void hidden() {}

    @EmitEvent("shared")
    static void shared() {}

    @EmitEvent("last")
    final void last() {}

    Map<String, Runnable> all() {
      seen();
      return Map.of("hidden", this::hidden);
    }
  }

  /** Cannot be subclassed. */
  static final class Final {

    @EmitEvent("never")
    void call() {}
  }
}
