package io.otlpevents.aop;

import static org.assertj.core.api.Assertions.assertThat;

import io.otlpevents.PayloadMode;
import io.otlpevents.annotation.EmitEvent;
import io.otlpevents.annotation.EventAttribute;
import io.otlpevents.autoconfigure.OtlpEventsAutoConfiguration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.NestedExceptionUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Every mistake stops the start, and its message names method, expression and fix. */
class InvalidEmitEventTests {

  private static final String UNNAMED = "has the attribute '%s', whose expression %s";

  @ParameterizedTest
  @ValueSource(
      classes = {
        Type.class,
        TypeInOperator.class,
        Constructor.class,
        ArrayConstructor.class,
        Bean.class,
        FactoryBean.class,
        Assignment.class,
        Increment.class,
        MethodCall.class,
        HiddenMethodCall.class,
        MethodInIndex.class,
        Function.class,
        Unknown.class,
        Root.class,
        ForgottenHash.class,
        BareWord.class,
        ResultOfVoid.class,
        ResultOfFailure.class,
        ErrorOfSuccess.class,
        PositionTooFar.class,
        Unreadable.class,
        NoKey.class,
        NoExpression.class,
        NoEquals.class,
        TwiceTheSameKey.class,
        NoName.class,
        SecondMethod.class,
        UnreadableCondition.class,
        ConditionOfNothing.class,
        PayloadOfNothing.class,
        MissingProperty.class,
        PropertyOfPrimitive.class,
        ErrorsOfSuccess.class,
        TwoPayloadModes.class,
        ModeWithoutPayload.class,
        ShareTooLarge.class,
        ShareNotANumber.class,
        SkipWithoutPhase.class,
        PhaseWithoutManager.class,
        PhaseOfFuture.class,
        PhaseOfMono.class,
        ResultOfFlux.class,
        UnknownEmitter.class,
        EmitterOfAnotherType.class,
        DurationTwice.class,
        SecondOfTwo.class
      })
  void stopsTheStart(Class<? extends Mistake> bean) throws ReflectiveOperationException {
    var constructor = bean.getDeclaredConstructor();
    constructor.setAccessible(true);
    Mistake mistake = constructor.newInstance();
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(OtlpEventsAutoConfiguration.class))
        .withBean("emitter", RecordingEmitter.class, RecordingEmitter::new)
        .withBean("mistake", Mistake.class, () -> mistake)
        .run(
            context -> {
              assertThat(context).hasFailed();
              Throwable root =
                  NestedExceptionUtils.getMostSpecificCause(context.getStartupFailure());
              assertThat(root).isInstanceOf(InvalidEmitEventException.class);
              InvalidEmitEventException invalid = (InvalidEmitEventException) root;
              assertThat(invalid.getLocation()).startsWith(bean.getName() + ".method(");
              assertThat(invalid.getProblem()).contains(mistake.problem());
              assertThat(invalid.getFix()).contains(mistake.fix());
              assertThat(invalid)
                  .hasMessageContainingAll(
                      invalid.getLocation(), invalid.getProblem(), invalid.getFix());
            });
  }

  private static String expression(String attribute, String problem) {
    return UNNAMED.formatted(attribute, problem);
  }

  /** A bean that must not start. */
  interface Mistake {
    String problem();

    String fix();
  }

  record Item(String id) {}

  static class Type implements Mistake {
    @EmitEvent(value = "x", attributes = "k=T(java.lang.Runtime)")
    void method(Item item) {}

    @Override
    public String problem() {
      return expression("k=T(java.lang.Runtime)", "names a type");
    }

    @Override
    public String fix() {
      return "Read a property instead, for example #order.id";
    }
  }

  static class TypeInOperator implements Mistake {
    @EmitEvent(value = "x", attributes = "k=#item instanceof T(String)")
    void method(Item item) {}

    @Override
    public String problem() {
      return expression("k=#item instanceof T(String)", "names a type");
    }

    @Override
    public String fix() {
      return "Read a property instead, for example #order.id";
    }
  }

  static class Constructor implements Mistake {
    @EmitEvent(value = "x", attributes = "k=new java.io.File('x')")
    void method(Item item) {}

    @Override
    public String problem() {
      return expression("k=new java.io.File('x')", "constructs an object");
    }

    @Override
    public String fix() {
      return "Read a property instead, for example #order.id";
    }
  }

  static class ArrayConstructor implements Mistake {
    @EmitEvent(value = "x", attributes = "k=new int[]{1}")
    void method(Item item) {}

    @Override
    public String problem() {
      return expression("k=new int[]{1}", "constructs an object");
    }

    @Override
    public String fix() {
      return "Read a property instead, for example #order.id";
    }
  }

  static class Bean implements Mistake {
    @EmitEvent(value = "x", attributes = "k=@emitter")
    void method(Item item) {}

    @Override
    public String problem() {
      return expression("k=@emitter", "reaches for a bean");
    }

    @Override
    public String fix() {
      return "Read a property instead, for example #order.id";
    }
  }

  static class FactoryBean implements Mistake {
    @EmitEvent(value = "x", attributes = "k=&emitter")
    void method(Item item) {}

    @Override
    public String problem() {
      return expression("k=&emitter", "reaches for a bean");
    }

    @Override
    public String fix() {
      return "Read a property instead, for example #order.id";
    }
  }

  static class Assignment implements Mistake {
    @EmitEvent(value = "x", attributes = "k=#item=null")
    void method(Item item) {}

    @Override
    public String problem() {
      return expression("k=#item=null", "assigns a value");
    }

    @Override
    public String fix() {
      return "Read a property instead, for example #order.id";
    }
  }

  static class Increment implements Mistake {
    @EmitEvent(value = "x", attributes = "k=#p0++")
    void method(int item) {}

    @Override
    public String problem() {
      return expression("k=#p0++", "assigns a value");
    }

    @Override
    public String fix() {
      return "Read a property instead, for example #order.id";
    }
  }

  static class MethodCall implements Mistake {
    @EmitEvent(value = "x", attributes = "k=#item.id()")
    void method(Item item) {}

    @Override
    public String problem() {
      return expression("k=#item.id()", "calls a method");
    }

    @Override
    public String fix() {
      return "Read a property instead, for example #order.id";
    }
  }

  static class HiddenMethodCall implements Mistake {
    @EmitEvent(value = "x", attributes = "k={1, 2}.?[#item.toString() == 'x']")
    void method(Item item) {}

    @Override
    public String problem() {
      return expression("k={1, 2}.?[#item.toString() == 'x']", "calls a method");
    }

    @Override
    public String fix() {
      return "Read a property instead, for example #order.id";
    }
  }

  static class MethodInIndex implements Mistake {
    @EmitEvent(value = "x", attributes = "k=#items[#items.poll()]")
    void method(java.util.LinkedList<Item> items) {}

    @Override
    public String problem() {
      return expression("k=#items[#items.poll()]", "calls a method");
    }

    @Override
    public String fix() {
      return "Read a property instead, for example #order.id";
    }
  }

  static class Function implements Mistake {
    @EmitEvent(value = "x", attributes = "k=#item('x')")
    void method(Item item) {}

    @Override
    public String problem() {
      return expression("k=#item('x')", "calls a method");
    }

    @Override
    public String fix() {
      return "Read a property instead, for example #order.id";
    }
  }

  static class Unknown implements Mistake {
    @EmitEvent(value = "x", attributes = "k=#itm.id")
    void method(Item item) {}

    @Override
    public String problem() {
      return expression("k=#itm.id", "uses the unknown variable #itm");
    }

    @Override
    public String fix() {
      return "Use one of #a0, #item, #p0. Parameter names are known where the class is compiled with -parameters.";
    }
  }

  static class Root implements Mistake {
    @EmitEvent(value = "x", attributes = "k=#root")
    void method(Item item) {}

    @Override
    public String problem() {
      return expression("k=#root", "uses the unknown variable #root");
    }

    @Override
    public String fix() {
      return "Use one of #a0, #item, #p0";
    }
  }

  static class ForgottenHash implements Mistake {
    @EmitEvent(value = "x", attributes = "k=item.id")
    void method(Item item) {}

    @Override
    public String problem() {
      return expression("k=item.id", "reads 'item' of nothing");
    }

    @Override
    public String fix() {
      return "Write #item.";
    }
  }

  static class BareWord implements Mistake {
    @EmitEvent(value = "x", attributes = "k=hello")
    void method(Item item) {}

    @Override
    public String problem() {
      return expression("k=hello", "reads 'hello' of nothing");
    }

    @Override
    public String fix() {
      return "Begin with one of #a0, #item, #p0.";
    }
  }

  static class ResultOfVoid implements Mistake {
    @EmitEvent(value = "x", attributes = "k=#result.id")
    void method(Item item) {}

    @Override
    public String problem() {
      return expression("k=#result.id", "uses #result, but the method returns nothing");
    }

    @Override
    public String fix() {
      return "Use one of #a0, #item, #p0.";
    }
  }

  static class ResultOfFailure implements Mistake {
    @EmitEvent(value = "x", attributes = "k=#result", on = EmitEvent.Outcome.FAILURE)
    Item method(Item item) {
      return item;
    }

    @Override
    public String problem() {
      return expression("k=#result", "uses #result, but the event is emitted on failure only");
    }

    @Override
    public String fix() {
      return "#error";
    }
  }

  static class ErrorOfSuccess implements Mistake {
    @EmitEvent(value = "x", attributes = "k=#error")
    void method(Item item) {}

    @Override
    public String problem() {
      return expression("k=#error", "uses #error, but the event is emitted on success only");
    }

    @Override
    public String fix() {
      return "Use one of #a0, #item, #p0.";
    }
  }

  static class PositionTooFar implements Mistake {
    @EmitEvent(value = "x", attributes = "k=#p1")
    void method(Item item) {}

    @Override
    public String problem() {
      return expression("k=#p1", "uses the unknown variable #p1");
    }

    @Override
    public String fix() {
      return "Use one of #a0, #item, #p0.";
    }
  }

  static class Unreadable implements Mistake {
    @EmitEvent(value = "x", attributes = "k=#item..id")
    void method(Item item) {}

    @Override
    public String problem() {
      return "has the attribute 'k=#item..id', whose expression cannot be read";
    }

    @Override
    public String fix() {
      return "Write an expression of the Spring Expression Language";
    }
  }

  static class NoKey implements Mistake {
    @EmitEvent(value = "x", attributes = "=#item")
    void method(Item item) {}

    @Override
    public String problem() {
      return "has the attribute '=#item', which is not of the form key=expression";
    }

    @Override
    public String fix() {
      return "Write for example \"order.id=#order.id\".";
    }
  }

  static class NoExpression implements Mistake {
    @EmitEvent(value = "x", attributes = "k=")
    void method(Item item) {}

    @Override
    public String problem() {
      return "has the attribute 'k=', which is not of the form key=expression";
    }

    @Override
    public String fix() {
      return "Write for example \"order.id=#order.id\".";
    }
  }

  static class NoEquals implements Mistake {
    @EmitEvent(value = "x", attributes = "item")
    void method(Item item) {}

    @Override
    public String problem() {
      return "has the attribute 'item', which is not of the form key=expression";
    }

    @Override
    public String fix() {
      return "Write for example \"order.id=#order.id\".";
    }
  }

  static class TwiceTheSameKey implements Mistake {
    @EmitEvent(value = "x", attributes = "k=#item.id")
    void method(@EventAttribute("k") Item item) {}

    @Override
    public String problem() {
      return "sets the attribute 'k' twice";
    }

    @Override
    public String fix() {
      return "Give each a key of its own.";
    }
  }

  static class NoName implements Mistake {
    @EmitEvent(" ")
    void method(Item item) {}

    @Override
    public String problem() {
      return "has no event name";
    }

    @Override
    public String fix() {
      return "Write @EmitEvent(\"order.placed\")";
    }
  }

  static class SecondMethod implements Mistake {
    @EmitEvent("fine")
    void fine() {}

    @EmitEvent(value = "x", attributes = "k=#nothing")
    void method(@Nullable Item item) {}

    @Override
    public String problem() {
      return "uses the unknown variable #nothing";
    }

    @Override
    public String fix() {
      return "Use one of #a0, #item, #p0.";
    }
  }

  static class UnreadableCondition implements Mistake {
    @EmitEvent(value = "x", when = "#item..id")
    void method(Item item) {}

    @Override
    public String problem() {
      return "has the condition '#item..id', whose expression cannot be read";
    }

    @Override
    public String fix() {
      return "Write an expression of the Spring Expression Language";
    }
  }

  static class ConditionOfNothing implements Mistake {
    @EmitEvent(value = "x", when = "#nothing")
    void method(Item item) {}

    @Override
    public String problem() {
      return "has the condition '#nothing', whose expression uses the unknown variable #nothing";
    }

    @Override
    public String fix() {
      return "Use one of #a0, #item, #p0.";
    }
  }

  static class PayloadOfNothing implements Mistake {
    @EmitEvent(value = "x", payload = "item")
    void method(Item item) {}

    @Override
    public String problem() {
      return "has the payload 'item', whose expression reads 'item' of nothing";
    }

    @Override
    public String fix() {
      return "Write #item.";
    }
  }

  static class MissingProperty implements Mistake {
    @EmitEvent(value = "x", attributes = "k=#item.name")
    void method(Item item) {}

    @Override
    public String problem() {
      return "reads the property 'name', which " + Item.class.getName() + " does not have";
    }

    @Override
    public String fix() {
      return "Name a getter's property";
    }
  }

  static class PropertyOfPrimitive implements Mistake {
    @EmitEvent(value = "x", attributes = "k=#p0.name")
    void method(int item) {}

    @Override
    public String problem() {
      return "reads the property 'name', which int does not have";
    }

    @Override
    public String fix() {
      return "Name a getter's property";
    }
  }

  static class ErrorsOfSuccess implements Mistake {
    @EmitEvent(value = "x", errors = IllegalStateException.class)
    void method(Item item) {}

    @Override
    public String problem() {
      return "names errors, but is emitted on success only";
    }

    @Override
    public String fix() {
      return "on = Outcome.FAILURE";
    }
  }

  static class TwoPayloadModes implements Mistake {
    @EmitEvent(
        value = "x",
        payload = "#item",
        payloadMode = {PayloadMode.FLAT, PayloadMode.JSON_STRING})
    void method(Item item) {}

    @Override
    public String problem() {
      return "has several payload modes";
    }

    @Override
    public String fix() {
      return "Write one.";
    }
  }

  static class ModeWithoutPayload implements Mistake {
    @EmitEvent(value = "x", payloadMode = PayloadMode.FLAT)
    void method(Item item) {}

    @Override
    public String problem() {
      return "has a payload mode, but no payload";
    }

    @Override
    public String fix() {
      return "Write payload = EmitEvent.RESULT";
    }
  }

  static class ShareTooLarge implements Mistake {
    @EmitEvent(value = "x", sample = 1.5)
    void method(Item item) {}

    @Override
    public String problem() {
      return "has the share 1.5";
    }

    @Override
    public String fix() {
      return "from 0 to 1";
    }
  }

  static class ShareNotANumber implements Mistake {
    @EmitEvent(value = "x", sample = Double.NaN)
    void method(Item item) {}

    @Override
    public String problem() {
      return "has the share NaN";
    }

    @Override
    public String fix() {
      return "from 0 to 1";
    }
  }

  static class SkipWithoutPhase implements Mistake {
    @EmitEvent(value = "x", withoutTransaction = EmitEvent.WithoutTransaction.SKIP)
    void method(Item item) {}

    @Override
    public String problem() {
      return "says what to do without a transaction, but does not wait for one";
    }

    @Override
    public String fix() {
      return "phase = Phase.AFTER_COMMIT";
    }
  }

  static class PhaseWithoutManager implements Mistake {
    @EmitEvent(value = "x", phase = EmitEvent.Phase.AFTER_ROLLBACK)
    void method(Item item) {}

    @Override
    public String problem() {
      return "(phase = AFTER_ROLLBACK), but the application has no transaction manager";
    }

    @Override
    public String fix() {
      return "leave out the phase";
    }
  }

  static class PhaseOfFuture implements Mistake {
    @EmitEvent(value = "x", phase = EmitEvent.Phase.AFTER_COMMIT)
    CompletableFuture<Item> method(Item item) {
      return CompletableFuture.completedFuture(item);
    }

    @Override
    public String problem() {
      return "complete only later and elsewhere";
    }

    @Override
    public String fix() {
      return "Leave out the phase";
    }
  }

  static class PhaseOfMono implements Mistake {
    @EmitEvent(value = "x", phase = EmitEvent.Phase.AFTER_COMMIT)
    Mono<Item> method(Item item) {
      return Mono.just(item);
    }

    @Override
    public String problem() {
      return "(phase = AFTER_COMMIT), but the application has no reactive transaction manager";
    }

    @Override
    public String fix() {
      return "spring-boot-starter-r2dbc";
    }
  }

  static class ResultOfFlux implements Mistake {
    @EmitEvent(value = "x", attributes = "k=#result")
    Flux<Item> method(Item item) {
      return Flux.just(item);
    }

    @Override
    public String problem() {
      return "uses #result, but the method's result is many values";
    }

    @Override
    public String fix() {
      return "Use one of #a0, #item, #p0.";
    }
  }

  static class UnknownEmitter implements Mistake {
    @EmitEvent(value = "x", emitter = "nobody")
    void method(Item item) {}

    @Override
    public String problem() {
      return "names the emitter 'nobody', but";
    }

    @Override
    public String fix() {
      return "Write the bean name of an EventEmitter";
    }
  }

  static class EmitterOfAnotherType implements Mistake {
    @EmitEvent(value = "x", emitter = "mistake")
    void method(Item item) {}

    @Override
    public String problem() {
      return "names the emitter 'mistake', but";
    }

    @Override
    public String fix() {
      return "Write the bean name of an EventEmitter";
    }
  }

  static class DurationTwice implements Mistake {
    @EmitEvent(value = "x", duration = true, attributes = "operation.duration=1")
    void method(Item item) {}

    @Override
    public String problem() {
      return "sets the attribute 'operation.duration' twice";
    }

    @Override
    public String fix() {
      return "Give each a key of its own.";
    }
  }

  static class SecondOfTwo implements Mistake {
    @EmitEvent("fine")
    @EmitEvent(value = "x", attributes = "k=#nothing")
    void method(Item item) {}

    @Override
    public String problem() {
      return "uses the unknown variable #nothing";
    }

    @Override
    public String fix() {
      return "Use one of #a0, #item, #p0.";
    }
  }
}
