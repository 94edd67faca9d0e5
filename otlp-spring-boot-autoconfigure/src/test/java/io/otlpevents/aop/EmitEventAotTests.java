package io.otlpevents.aop;

import static org.assertj.core.api.Assertions.assertThat;

import io.otlpevents.annotation.EmitEvent;
import io.otlpevents.autoconfigure.OtlpEventsAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.AnnotationConfigUtils;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;
import org.springframework.javapoet.ClassName;

/** What Spring generates ahead of time, compiled and run on the JVM. */
class EmitEventAotTests {

  @Test
  @CompileWithForkedClassLoader
  void eventsAreEmittedByAContextThatWasProcessedAheadOfTime() {
    TestGenerationContext generated = new TestGenerationContext();
    ClassName initializer = process(generated);
    TestCompiler.forSystem()
        .with(generated)
        .compile(
            compiled -> {
              GenericApplicationContext context = new GenericApplicationContext();
              AnnotationConfigUtils.registerAnnotationConfigProcessors(context);
              compiled
                  .getInstance(ApplicationContextInitializer.class, initializer.toString())
                  .initialize(context);
              context.refresh();
              try (context) {
                context.getBean(Service.class).place(new Order("o-1", new Customer("ann")));
                assertThat(context.getBean(RecordingEmitter.class).single().attributes)
                    .containsEntry("customer", "ann");
              }
            });
  }

  @Test
  void whatExpressionsAndPayloadsReadIsKept() {
    TestGenerationContext generated = new TestGenerationContext();
    process(generated);
    RuntimeHints hints = generated.getRuntimeHints();
    assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Order.class, "customer"))
        .accepts(hints);
    assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Customer.class, "name"))
        .accepts(hints);
    assertThat(
            RuntimeHintsPredicates.reflection()
                .onType(Service.class)
                .withMemberCategory(MemberCategory.INVOKE_DECLARED_METHODS))
        .accepts(hints);
    assertThat(RuntimeHintsPredicates.proxies().forInterfaces(EmitEvent.class)).accepts(hints);
  }

  private static ClassName process(TestGenerationContext generated) {
    AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    context.registerBean(RecordingEmitter.class);
    context.registerBean(Service.class);
    context.register(OtlpEventsAutoConfiguration.class);
    ClassName initializer =
        new ApplicationContextAotGenerator().processAheadOfTime(context, generated);
    generated.writeGeneratedContent();
    return initializer;
  }

  /** Read by an expression. */
  public record Customer(String name) {}

  /** Read by an expression. */
  public record Order(String id, Customer customer) {}

  /** Annotated. */
  public static class Service {

    /** Emits. */
    @EmitEvent(value = "order.placed", attributes = "customer=#order.customer.name")
    public void place(Order order) {}
  }
}
