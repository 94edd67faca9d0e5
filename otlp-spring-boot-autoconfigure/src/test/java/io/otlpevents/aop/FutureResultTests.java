package io.otlpevents.aop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.Scope;
import io.otlpevents.annotation.EmitEvent;
import io.otlpevents.annotation.EmitEvent.Outcome;
import io.otlpevents.aop.RecordingEmitter.Recorded;
import io.otlpevents.autoconfigure.OtlpEventsAutoConfiguration;
import java.time.Instant;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class FutureResultTests {

  private static final ContextKey<String> MARK = ContextKey.named("mark");

  private final RecordingEmitter emitter = new RecordingEmitter();
  private final CompletableFuture<String> future = new CompletableFuture<>();

  private void run(Consumer<Service> test) {
    new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(AopAutoConfiguration.class, OtlpEventsAutoConfiguration.class))
        .withBean("recordingEmitter", RecordingEmitter.class, () -> emitter)
        .withBean(Service.class)
        .run(context -> test.accept(context.getBean(Service.class)));
  }

  @Test
  void emitsOnceWhenTheFutureCompletesAndReturnsThatVeryFuture() {
    run(
        service -> {
          assertThat(service.later("a", future)).isSameAs(future);
          assertThat(emitter.events).isEmpty();
          future.complete("done");
          Recorded event = emitter.single();
          assertThat(event.attributes).containsEntry("argument", "a").containsEntry("r", "done");
          assertThat(event.severity).isEqualTo(Severity.INFO);
        });
  }

  @Test
  void takesTraceTimeAndArgumentsFromTheCall() {
    run(
        service -> {
          try (Scope scope = Context.current().with(MARK, "call").makeCurrent()) {
            service.later("a", future);
          }
          long after = nanos(Instant.now());
          try (Scope scope = Context.current().with(MARK, "completion").makeCurrent()) {
            future.complete("done");
          }
          Recorded event = emitter.single();
          Context context = event.context;
          assertThat(context == null ? null : context.get(MARK)).isEqualTo("call");
          assertThat(event.epochNanos).isPositive().isLessThanOrEqualTo(after);
        });
  }

  @Test
  void anInterceptorThatChangesArgumentsLaterDoesNotChangeTheEvent() {
    new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(AopAutoConfiguration.class, OtlpEventsAutoConfiguration.class))
        .withBean("recordingEmitter", RecordingEmitter.class, () -> emitter)
        .withBean(
            DefaultPointcutAdvisor.class,
            () ->
                new DefaultPointcutAdvisor(
                    new AnnotationMatchingPointcut(null, EmitEvent.class),
                    (MethodInterceptor)
                        invocation -> {
                          Object result = invocation.proceed();
                          invocation.getArguments()[0] = "changed";
                          return result;
                        }))
        .withBean(Service.class)
        .run(
            context -> {
              context.getBean(Service.class).later("a", future);
              future.complete("done");
              assertThat(emitter.single().attributes).containsEntry("argument", "a");
            });
  }

  private static long nanos(Instant instant) {
    return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
  }

  @Test
  void tellsAFailureByItsCause() {
    run(
        service -> {
          CompletableFuture<String> failing =
              future.thenApply(
                  value -> {
                    throw new IllegalStateException(value);
                  });
          service.later("a", failing);
          future.complete("declined");
          Recorded event = emitter.single();
          assertThat(event.exception)
              .isInstanceOf(IllegalStateException.class)
              .hasMessage("declined");
          assertThat(event.severity).isEqualTo(Severity.ERROR);
          assertThat(event.attributes).doesNotContainKey("r");
        });
  }

  @Test
  void tellsACancellation() {
    run(
        service -> {
          service.later("a", future);
          assertThat(future.cancel(true)).isTrue();
          Recorded event = emitter.single();
          assertThat(event.exception).isInstanceOf(CancellationException.class);
          assertThat(event.severity).isEqualTo(Severity.WARN);
        });
  }

  @Test
  void tellsAnExceptionThatIsThrownInsteadOfAFuture() {
    run(
        service -> {
          assertThatThrownBy(() -> service.later("a", null)).hasMessage("no future");
          assertThat(emitter.single().exception).hasMessage("no future");
        });
  }

  @Test
  void seesAFutureBehindAnObjectOrAnInterface() {
    run(
        service -> {
          assertThat(service.object(future)).isSameAs(future);
          assertThat(service.stage(future)).isSameAs(future);
          assertThat(emitter.events).isEmpty();
          future.complete("done");
          assertThat(emitter.events).hasSize(2);
          service.object("value");
          assertThat(emitter.events).hasSize(3);
          assertThat(emitter.events.get(2).attributes).containsEntry("r", "value");
        });
  }

  @Test
  void emitsAtOnceForAFutureThatCannotBeObservedAndSaysSo(CapturedOutput output) {
    run(
        service -> {
          FutureTask<String> task = new FutureTask<>(() -> "done");
          assertThat(service.future(task)).isSameAs(task);
          assertThat(emitter.single().attributes).isEmpty();
          assertThat(output).contains("does not tell when it completes");
          emitter.events.clear();
          task.run();
          service.future(task);
          assertThat(emitter.single().attributes).containsEntry("r", "done");
        });
  }

  static class Service {

    @EmitEvent(
        value = "later",
        on = Outcome.COMPLETION,
        attributes = {"argument=#argument", "r=#result"})
    CompletableFuture<String> later(String argument, @Nullable CompletableFuture<String> future) {
      if (future == null) {
        throw new IllegalArgumentException("no future");
      }
      return future;
    }

    @EmitEvent(value = "object", attributes = "r=#result")
    Object object(Object result) {
      return result;
    }

    @EmitEvent(value = "stage", attributes = "r=#result")
    CompletionStage<String> stage(CompletionStage<String> result) {
      return result;
    }

    @EmitEvent(value = "future", attributes = "r=#result")
    Future<String> future(Future<String> result) {
      return result;
    }
  }
}
