package io.otlpevents.aop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.Scope;
import io.otlpevents.EventBuilder;
import io.otlpevents.EventType;
import io.otlpevents.annotation.EmitEvent;
import io.otlpevents.annotation.EventAttribute;
import io.otlpevents.aop.RecordingEmitter.Recorded;
import io.otlpevents.autoconfigure.OtlpEventsAutoConfiguration;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.annotation.AliasFor;
import org.springframework.util.ClassUtils;

@ExtendWith(OutputCaptureExtension.class)
class EmitEventAspectTests {

  private static final ContextKey<String> MARK = ContextKey.named("mark");

  private final RecordingEmitter emitter = new RecordingEmitter();
  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(AopAutoConfiguration.class, OtlpEventsAutoConfiguration.class))
          .withBean("recordingEmitter", RecordingEmitter.class, () -> emitter);

  private <T> void with(Class<T> bean, Consumer<T> test) {
    runner.withBean(bean).run(context -> test.accept(context.getBean(bean)));
  }

  @Test
  void runsWithoutAspectJ() {
    assertThat(ClassUtils.isPresent("org.aspectj.weaver.Advice", null)).isFalse();
    with(Shop.class, shop -> assertThat(AopUtils.isCglibProxy(shop)).isTrue());
  }

  @Test
  void emitsNameTypeSeverityAndAttributes() {
    with(
        Shop.class,
        shop -> {
          Order order = shop.place("c-1", new Cart(List.of("a", "b"), Map.of("coupon", "X")));
          Recorded event = emitter.single();
          assertThat(event.name).isEqualTo("order.placed");
          assertThat(event.type).isEqualTo(EventType.USER_ACTION);
          assertThat(event.severity).isEqualTo(Severity.INFO2);
          assertThat(event.exception).isNull();
          assertThat(event.attributes)
              .containsExactly(
                  Map.entry("order.id", order.id()),
                  Map.entry("customer.id", "c-1"),
                  Map.entry("customer", "c-1"),
                  Map.entry("cart.items", 2),
                  Map.entry("cart.first", "a"),
                  Map.entry("cart.coupon", "X"),
                  Map.entry("big", true),
                  Map.entry("constant", "a=b"));
        });
  }

  @Test
  void recordsAnnotatedParametersUnderTheirNameOrKey() {
    with(
        Shop.class,
        shop -> {
          shop.ship("s-1", 3, null);
          assertThat(emitter.single().attributes)
              .containsExactly(Map.entry("shipmentId", "s-1"), Map.entry("parcel.count", 3));
        });
  }

  @Test
  void leavesOutAttributesThatAreNullOrBehindNull(CapturedOutput output) {
    with(
        Shop.class,
        shop -> {
          shop.nullable(null);
          assertThat(emitter.single().attributes).isEmpty();
          assertThat(output).doesNotContain("left out");
        });
  }

  @Test
  void emitsNothingWhenAMethodFailsThatReportsSuccess() {
    with(
        Shop.class,
        shop -> {
          assertThatThrownBy(() -> shop.failing(new IllegalStateException("no"))).hasMessage("no");
          assertThat(emitter.events).isEmpty();
        });
  }

  @Test
  void emitsFailureWithTheSameExceptionAndAtLeastError() {
    with(
        Shop.class,
        shop -> {
          Exception failure = new Exception("declined");
          assertThatThrownBy(() -> shop.pay(failure)).isSameAs(failure);
          Recorded event = emitter.single();
          assertThat(event.severity).isEqualTo(Severity.ERROR);
          assertThat(event.exception).isSameAs(failure);
          assertThat(event.attributes).containsExactly(Map.entry("why", "declined"));
        });
  }

  @Test
  void keepsASeverityAboveErrorForAFailure() {
    with(
        Shop.class,
        shop -> {
          assertThatThrownBy(shop::burn).isInstanceOf(AssertionError.class);
          assertThat(emitter.single().severity).isEqualTo(Severity.FATAL);
        });
  }

  @Test
  void emitsNothingWhenAMethodReturnsThatReportsFailure() {
    with(
        Shop.class,
        shop -> {
          payQuietly(shop, null);
          assertThat(emitter.events).isEmpty();
        });
  }

  private static void payQuietly(Shop shop, @Nullable Exception failure) {
    try {
      shop.pay(failure);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void emitsBothEndsOnCompletion() {
    with(
        Shop.class,
        shop -> {
          assertThat(shop.complete(7)).isEqualTo(new Order("o-7"));
          assertThatThrownBy(() -> shop.complete(-1)).isInstanceOf(IllegalArgumentException.class);
          assertThat(emitter.events).hasSize(2);
          assertThat(emitter.events.get(0).attributes)
              .containsExactly(Map.entry("id", "o-7"), Map.entry("number", 7));
          assertThat(emitter.events.get(0).severity).isEqualTo(Severity.DEBUG);
          assertThat(emitter.events.get(1).attributes)
              .containsExactly(Map.entry("number", -1), Map.entry("problem", "negative"));
          assertThat(emitter.events.get(1).severity).isEqualTo(Severity.ERROR);
        });
  }

  @Test
  void usesTheSpanThatWasCurrentAtTheCall() {
    SpanContext span =
        SpanContext.create(
            "0af7651916cd43dd8448eb211c80319c",
            "b7ad6b7169203331",
            TraceFlags.getSampled(),
            TraceState.getDefault());
    with(
        Shop.class,
        shop -> {
          Context.root()
              .with(Span.wrap(span))
              .wrap(
                  () -> {
                    Scope left = shop.leaveContext();
                    assertThat(Context.current().get(MARK)).isEqualTo("inner");
                    left.close();
                  })
              .run();
          Context context = Objects.requireNonNull(emitter.single().context);
          assertThat(Span.fromContext(context).getSpanContext()).isEqualTo(span);
          assertThat(context.get(MARK)).isNull();
        });
  }

  @Test
  void seesAnnotationsOnOtherAnnotations() {
    with(
        Audited.class,
        audited -> {
          audited.grant("root");
          Recorded event = emitter.single();
          assertThat(event.name).isEqualTo("role.granted");
          assertThat(event.type).isEqualTo(EventType.SECURITY_AUDIT);
          assertThat(event.attributes).containsExactly(Map.entry("who", "root"));
        });
  }

  @Test
  void seesAnnotationsOfAnInterfaceThroughAClassProxy() {
    with(
        PostService.class,
        service -> {
          assertThat(AopUtils.isCglibProxy(service)).isTrue();
          service.send("x", 2);
          assertThat(emitter.single().attributes)
              .containsExactly(Map.entry("copies", 2), Map.entry("text", "x"));
        });
  }

  @Test
  void seesAnnotationsOfAnInterfaceThroughAnInterfaceProxy() {
    runner
        .withPropertyValues("spring.aop.proxy-target-class=false")
        .withBean(PostService.class)
        .run(
            context -> {
              Post post = context.getBean(Post.class);
              assertThat(AopUtils.isJdkDynamicProxy(post)).isTrue();
              post.send("x", 2);
              assertThat(emitter.single().attributes)
                  .containsExactly(Map.entry("copies", 2), Map.entry("text", "x"));
            });
  }

  @Test
  void seesAnnotationsOfAClassThroughAnInterfaceProxy() {
    runner
        .withPropertyValues("spring.aop.proxy-target-class=false")
        .withBean(StringHandler.class)
        .run(
            context -> {
              @SuppressWarnings("unchecked")
              Handler<String> handler = context.getBean(Handler.class);
              handler.handle("x");
              assertThat(emitter.single().attributes).containsExactly(Map.entry("text", "x"));
            });
  }

  @Test
  void emitsOnceForAGenericMethod() {
    with(
        StringHandler.class,
        bean -> {
          Handler<String> handler = bean;
          handler.handle("x");
          assertThat(emitter.single().attributes).containsExactly(Map.entry("text", "x"));
        });
  }

  @Test
  void seesInheritedMethods() {
    with(
        BookShop.class,
        shop -> {
          shop.ship("s-1", 3, null);
          assertThat(emitter.single().name).isEqualTo("order.shipped");
        });
  }

  @Test
  void worksWhereSpringBootCreatesNoProxies() {
    runner
        .withPropertyValues("spring.aop.auto=false")
        .withBean(Shop.class)
        .run(
            context -> {
              context.getBean(Shop.class).ship("s-1", 3, null);
              assertThat(emitter.events).hasSize(1);
            });
  }

  @Test
  void leavesOtherBeansWithoutProxy() {
    runner
        .withBean(Order.class, () -> new Order("x"))
        .run(context -> assertThat(AopUtils.isAopProxy(context.getBean(Order.class))).isFalse());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "T(java.lang.Runtime).getRuntime()",
        "#{#text}",
        "${user.home}",
        "'; new java.io.File('x')",
        "#root",
        "@bean"
      })
  void recordsTextLiterally(String text) {
    with(
        PostService.class,
        service -> {
          service.send(text, 1);
          assertThat(emitter.single().attributes).containsEntry("text", text);
        });
  }

  @Test
  void evaluatesAliveAfterCompilationAndForChangingTypes() {
    with(
        Zoo.class,
        zoo -> {
          for (int i = 0; i < 1000; i++) {
            zoo.feed(i % 300 < 150 ? new Lion() : new Fish(), "T(x)" + i);
          }
          assertThat(emitter.events).hasSize(1000);
          for (int i = 0; i < 1000; i++) {
            assertThat(emitter.events.get(i).attributes)
                .containsEntry("kind", i % 300 < 150 ? "lion" : "fish")
                .containsEntry("food", "T(x)" + i);
          }
        });
  }

  @Test
  void readsPropertiesButCallsNoOtherMethods(CapturedOutput output) {
    with(
        Shop.class,
        shop -> {
          Queue<String> queue = new ArrayDeque<>(List.of("a"));
          shop.drain(queue);
          assertThat(queue).containsExactly("a");
          assertThat(emitter.single().attributes)
              .containsExactly(Map.entry("size", 1), Map.entry("empty", false));
          assertThat(output).contains("Attribute 'head' was left out");
        });
  }

  @Test
  void keepsTheResultAndTheOtherAttributesWhenAGetterThrows(CapturedOutput output) {
    with(
        Zoo.class,
        zoo -> {
          for (int i = 0; i < 3; i++) {
            assertThat(zoo.feed(new Broken(), "hay")).isEqualTo("fed");
          }
          assertThat(emitter.events).hasSize(3);
          assertThat(emitter.events.get(2).attributes).containsExactly(Map.entry("food", "hay"));
          assertThat(output).containsOnlyOnce("Attribute 'kind' was left out");
          assertThat(output).contains("Zoo.feed");
        });
  }

  @Test
  void keepsTheResultWhenTheEmitterThrows(CapturedOutput output) {
    new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(AopAutoConfiguration.class, OtlpEventsAutoConfiguration.class))
        .withBean("broken", RecordingEmitter.class, BrokenEmitter::new)
        .withBean(Shop.class)
        .run(
            context -> {
              Shop shop = context.getBean(Shop.class);
              assertThat(shop.complete(1)).isEqualTo(new Order("o-1"));
              assertThat(shop.complete(2)).isEqualTo(new Order("o-2"));
              Exception failure = new Exception("declined");
              assertThatThrownBy(() -> shop.pay(failure))
                  .isSameAs(failure)
                  .hasNoSuppressedExceptions();
              assertThat(output)
                  .containsOnlyOnce("The event was not emitted: @EmitEvent(\"order.completed\")");
              assertThat(output)
                  .containsOnlyOnce("The event was not emitted: @EmitEvent(\"payment.declined\")");
            });
  }

  @Test
  void emitsWhenNoSpanIsCurrent() {
    with(
        Shop.class,
        shop -> {
          shop.ship("s-1", 3, null);
          // The emitter looks for one itself, also where other tracers keep theirs.
          assertThat(emitter.single().context).isNull();
        });
  }

  /** Throws Errors, too. */
  private static final class BrokenEmitter extends RecordingEmitter {

    private int calls;

    @Override
    public EventBuilder event(String name) {
      if (calls++ % 2 == 0) {
        throw new StackOverflowError("deep");
      }
      throw new IllegalStateException("broken");
    }
  }

  record Order(String id) {}

  record Cart(List<String> items, Map<String, String> extras) {}

  static class Shop {

    @EmitEvent(
        value = "order.placed",
        type = EventType.USER_ACTION,
        severity = Severity.INFO2,
        attributes = {
          "order.id=#result.id",
          "customer.id = #customer",
          "customer=#p0",
          "cart.items=#a1.items.size",
          "cart.first=#cart.items[0]",
          "cart.coupon=#cart.extras['coupon']",
          "big=#cart.items.size > 1 and #result != null",
          "constant='a=b'"
        })
    Order place(String customer, Cart cart) {
      return new Order("o-" + cart.items().size());
    }

    @EmitEvent("order.shipped")
    void ship(
        @EventAttribute String shipmentId,
        @EventAttribute("parcel.count") int parcels,
        @EventAttribute("note") @Nullable String note) {}

    @EmitEvent(
        value = "nullable",
        attributes = {"self=#order", "id=#order.id", "deep=#order?.id", "result=#result.id"})
    @Nullable Order nullable(@Nullable Order order) {
      return null;
    }

    @EmitEvent("never")
    void failing(RuntimeException failure) {
      throw failure;
    }

    @EmitEvent(
        value = "payment.declined",
        on = EmitEvent.Outcome.FAILURE,
        attributes = "why=#error.message")
    void pay(@Nullable Exception failure) throws Exception {
      if (failure != null) {
        throw failure;
      }
    }

    @EmitEvent(value = "fire", on = EmitEvent.Outcome.FAILURE, severity = Severity.FATAL)
    void burn() {
      throw new AssertionError("fire");
    }

    @EmitEvent(
        value = "order.completed",
        on = EmitEvent.Outcome.COMPLETION,
        severity = Severity.DEBUG,
        attributes = {"id=#result.id", "number=#number", "problem=#error.message"})
    Order complete(int number) {
      if (number < 0) {
        throw new IllegalArgumentException("negative");
      }
      return new Order("o-" + number);
    }

    @EmitEvent("context.left")
    @SuppressWarnings("MustBeClosedChecker") // the caller closes it
    Scope leaveContext() {
      return Context.current().with(MARK, "inner").makeCurrent();
    }

    @EmitEvent(
        value = "drained",
        attributes = {"size=#queue.size", "empty=#queue.empty", "head=#queue.poll"})
    void drain(Queue<String> queue) {}
  }

  static class BookShop extends Shop {}

  @EmitEvent(value = "", type = EventType.SECURITY_AUDIT)
  @Retention(RetentionPolicy.RUNTIME)
  @interface Audit {

    @AliasFor(annotation = EmitEvent.class, attribute = "value")
    String value();

    @AliasFor(annotation = EmitEvent.class)
    String[] attributes() default {};
  }

  static class Audited {

    @Audit(value = "role.granted", attributes = "who=#who")
    void grant(String who) {}
  }

  interface Post {

    @EmitEvent(value = "post.sent", attributes = "text=#text")
    void send(String text, @EventAttribute("copies") int copies);
  }

  static class PostService implements Post {

    @Override
    public void send(String otherName, int copies) {}
  }

  interface Handler<T> {

    void handle(T value);
  }

  static class StringHandler implements Handler<String> {

    @Override
    @EmitEvent(value = "handled", attributes = "text=#value")
    public void handle(String value) {}
  }

  /** Public, as compiled expressions need it. */
  public interface Animal {

    String getKind();
  }

  /** An animal. */
  public static class Lion implements Animal {

    @Override
    public String getKind() {
      return "lion";
    }
  }

  /** Another animal. */
  public static class Fish implements Animal {

    @Override
    public String getKind() {
      return "fish";
    }
  }

  /** Cannot be asked. */
  public static class Broken implements Animal {

    @Override
    public String getKind() {
      throw new StackOverflowError("no kind");
    }
  }

  static class Zoo {

    @EmitEvent(
        value = "fed",
        attributes = {"kind=#animal.kind", "food=#food"})
    String feed(Animal animal, String food) {
      return "fed";
    }
  }
}
