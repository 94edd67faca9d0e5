package io.otlpevents.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.logs.LogRecordProcessor;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.otlpevents.EmitResult;
import io.otlpevents.EventEmitter;
import io.otlpevents.EventRecord;
import io.otlpevents.EventType;
import io.otlpevents.FlushResult;
import io.otlpevents.annotation.EmitEvent;
import io.otlpevents.aop.EmitEventAdvisor;
import io.otlpevents.aop.EmitEventAspect;
import io.otlpevents.delivery.Destination;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.logging.OpenTelemetryLoggingAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.core.annotation.Order;

@ExtendWith(OutputCaptureExtension.class)
class OtlpEventsAutoConfigurationTests {

  private static final Duration SOON = Duration.ofSeconds(10);

  private final FakeDestination destination = FakeDestination.answering();
  private final ApplicationContextRunner bare =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(AopAutoConfiguration.class, OtlpEventsAutoConfiguration.class));
  private final ApplicationContextRunner runner =
      bare.withBean(Destination.class, () -> destination);

  @Test
  void registersEmitterPipelineAndAspect() {
    bare.run(
        context -> {
          assertThat(context).hasSingleBean(EventEmitter.class);
          assertThat(context).hasSingleBean(ManagedEventPipeline.class);
          assertThat(context).hasSingleBean(EmitEventAspect.class);
          assertThat(context)
              .getBeanNames(EmitEventAdvisor.class)
              .containsExactlyInAnyOrder("emitEventAdvisor", "emitEventTransactionAdvisor");
          assertThat(context).hasSingleBean(OtlpProperties.class);
        });
  }

  @Test
  void deliversWhatIsEmittedAndAnnotated() {
    runner
        .withBean(Shop.class)
        .run(
            context -> {
              EventEmitter emitter = context.getBean(EventEmitter.class);
              assertThat(emitter.event("direct").emit()).isEqualTo(EmitResult.ACCEPTED);
              context.getBean(Shop.class).place("o-1");
              assertThat(emitter.flush(SOON)).isEqualTo(new FlushResult(true, 0));
              assertThat(destination.eventNames()).containsExactly("direct", "order.placed");
              assertThat(FakeDestination.texts(destination.events().get(1).getAttributesList()))
                  .containsEntry("order.id", "o-1")
                  .containsEntry(EventType.ATTRIBUTE, "business_process");
            });
  }

  @Test
  void publishesNoBeanThatOtherTelemetryCollects() {
    runner.run(
        context -> {
          assertThat(context).doesNotHaveBean(OpenTelemetry.class);
          assertThat(context).doesNotHaveBean(SdkLoggerProvider.class);
          assertThat(context).doesNotHaveBean(LogRecordProcessor.class);
          assertThat(context).doesNotHaveBean(LogRecordExporter.class);
          assertThat(context).doesNotHaveBean(ContextPropagators.class);
          assertThat(context).doesNotHaveBean(Resource.class);
        });
  }

  @Test
  void leavesSpringBootsOpenTelemetryAlone() {
    runner
        .withConfiguration(
            AutoConfigurations.of(
                OpenTelemetrySdkAutoConfiguration.class,
                OpenTelemetryLoggingAutoConfiguration.class))
        .withPropertyValues("management.opentelemetry.resource-attributes.team=blue")
        .run(
            context -> {
              assertThat(context).hasSingleBean(OpenTelemetry.class);
              assertThat(context).hasSingleBean(SdkLoggerProvider.class);
              assertThat(context).hasSingleBean(LogRecordProcessor.class);
              assertThat(context).hasSingleBean(Resource.class);
              emit(context.getBean(EventEmitter.class));
              assertThat(destination.resource()).containsEntry("team", "blue");
            });
  }

  @Test
  void worksWithoutSpringBootsOpenTelemetry() {
    runner
        .withClassLoader(new FilteredClassLoader("org.springframework.boot.opentelemetry"))
        .run(context -> emit(context.getBean(EventEmitter.class)));
  }

  @Test
  void worksWithoutTransactions() {
    runner
        .withClassLoader(new FilteredClassLoader("org.springframework.transaction"))
        .run(context -> emit(context.getBean(EventEmitter.class)));
  }

  @Test
  void describesTheApplication() {
    runner
        .withPropertyValues("spring.application.name=shop", "spring.application.group=market")
        .run(
            context -> {
              emit(context.getBean(EventEmitter.class));
              assertThat(destination.resource())
                  .containsEntry("service.name", "shop")
                  .containsEntry("service.namespace", "market")
                  .containsEntry("telemetry.sdk.language", "java");
            });
  }

  @Test
  void describesAnUnnamedApplication() {
    runner.run(
        context -> {
          emit(context.getBean(EventEmitter.class));
          assertThat(destination.resource()).containsEntry("service.name", "unknown_service:java");
        });
  }

  @Test
  void prefersTheOpenTelemetryDescription() {
    // As the environment variables OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES are seen.
    runner
        .withPropertyValues(
            "spring.application.name=shop",
            "otel.service.name=till",
            "otel.resource.attributes=service.name=no, a = x%20y ,b=1+1,bad,c=100%",
            "management.opentelemetry.resource-attributes.b=override")
        .run(
            context -> {
              emit(context.getBean(EventEmitter.class));
              assertThat(destination.resource())
                  .containsEntry("service.name", "till")
                  .containsEntry("a", "x y")
                  .containsEntry("b", "override")
                  .containsEntry("c", "100%")
                  .doesNotContainKey("bad");
            });
  }

  @Test
  void acceptsResourceAttributesAsEntries() {
    runner
        .withPropertyValues("otel.resource.attributes.deployment.environment.name=test")
        .run(
            context -> {
              emit(context.getBean(EventEmitter.class));
              assertThat(destination.resource())
                  .containsEntry("deployment.environment.name", "test");
            });
  }

  @Test
  void usesTheUsersResource() {
    Resource own =
        Resource.create(Attributes.builder().put("service.name", "own").put("n", 1).build());
    runner
        .withPropertyValues("spring.application.name=shop", "otlp.events.resource.detection=false")
        .withBean(Resource.class, () -> own)
        .run(
            context -> {
              emit(context.getBean(EventEmitter.class));
              assertThat(destination.resource()).containsOnlyKeys("service.name", "n");
            });
  }

  @Test
  void backsOffForTheUsersEmitter() {
    EventEmitter own = new DisabledEventEmitter();
    runner
        .withBean("own", EventEmitter.class, () -> own)
        .run(context -> assertThat(context.getBean(EventEmitter.class)).isSameAs(own));
  }

  @Test
  void letsTheUserDecorateTheEmitter() {
    runner
        .withUserConfiguration(Decorated.class)
        .withBean(Shop.class)
        .run(
            context -> {
              context.getBean(Shop.class).place("o-1");
              context.getBean(ManagedEventPipeline.class).pipeline().flush(SOON);
              assertThat(destination.eventNames()).containsExactly("order.placed");
            });
  }

  @Test
  void refusesTwoEmittersAtStart() {
    runner
        .withBean("one", EventEmitter.class, DisabledEventEmitter::new)
        .withBean("two", EventEmitter.class, DisabledEventEmitter::new)
        .run(
            context ->
                assertThat(context.getStartupFailure()).hasMessageContaining("found 2: one,two"));
  }

  @Test
  void appliesCustomizersInOrderAfterTheProperties() {
    runner
        .withPropertyValues("otlp.events.default-attributes.who=property")
        .withUserConfiguration(Customizers.class)
        .run(
            context -> {
              emit(context.getBean(EventEmitter.class));
              assertThat(FakeDestination.texts(destination.events().get(0).getAttributesList()))
                  .containsEntry("who", "second");
              assertThat(destination.requests.get(0).getResourceLogs(0).getScopeLogs(0).getScope())
                  .satisfies(scope -> assertThat(scope.getName()).isEqualTo("custom"));
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "otlp.events.enabled=false",
        "management.opentelemetry.enabled=false",
        "otel.sdk.disabled=true"
      })
  void acceptsNothingWhereSwitchedOff(String property, CapturedOutput output) {
    runner
        .withPropertyValues(property, "otlp.endpoint=nonsense")
        .withBean(Shop.class)
        .run(
            context -> {
              assertThat(context).doesNotHaveBean(ManagedEventPipeline.class);
              assertThat(context).doesNotHaveBean(EmitEventAdvisor.class);
              EventEmitter emitter = context.getBean(EventEmitter.class);
              assertThat(
                      emitter
                          .event("x")
                          .attribute("a", 1)
                          .timestamp(Instant.EPOCH)
                          .payload(Map.of())
                          .exception(new RuntimeException())
                          .emit())
                  .isEqualTo(EmitResult.FILTERED);
              assertThat(emitter.event("x").tryEmit()).isEqualTo(EmitResult.FILTERED);
              assertThat(emitter.emit(EventRecord.builder("x").build()))
                  .isEqualTo(EmitResult.FILTERED);
              assertThat(emitter.flush(Duration.ZERO)).isEqualTo(new FlushResult(true, 0));
              assertThat(context.getBean(Shop.class).place("o-1")).isEqualTo("o-1");
              assertThat(AopUtils.isAopProxy(context.getBean(Shop.class))).isFalse();
              assertThat(destination.requests).isEmpty();
              assertThat(output).contains("Events are not emitted, because " + property);
            });
  }

  @Test
  void keepsTheUsersEmitterWhereSwitchedOff() {
    EventEmitter own = new DisabledEventEmitter();
    runner
        .withPropertyValues("otlp.events.enabled=false")
        .withBean("own", EventEmitter.class, () -> own)
        .run(context -> assertThat(context.getBean(EventEmitter.class)).isSameAs(own));
  }

  @Test
  void flushesWhenStopped() {
    runner
        .withPropertyValues("otlp.events.batch.max-delay=1h")
        .run(
            context -> {
              context.getBean(EventEmitter.class).event("late").emit();
              context.getSourceApplicationContext().stop();
              assertThat(destination.eventNames()).containsExactly("late");
            });
  }

  @Test
  void stopsAfterEverythingElse() {
    runner
        .withBean(EmitsOnStop.class)
        .run(
            context -> {
              assertThat(context.getBean(ManagedEventPipeline.class).getPhase())
                  .isLessThan(SmartLifecycle.DEFAULT_PHASE - 2048);
              context.getSourceApplicationContext().stop();
              assertThat(destination.eventNames()).containsExactly("stopping");
            });
  }

  @Test
  void keepsAcceptingUntilDestroyed() {
    runner.withBean(EmitsOnDestroy.class).run(context -> {});
    assertThat(destination.eventNames()).containsExactly("destroying");
  }

  @Test
  void worksAgainAfterStopAndStart() {
    runner.run(
        context -> {
          context.getSourceApplicationContext().stop();
          context.getSourceApplicationContext().start();
          emit(context.getBean(EventEmitter.class));
        });
  }

  @Test
  void doesNotWaitWhenPaused() {
    FakeDestination silent = FakeDestination.silent();
    bare.withBean(Destination.class, () -> silent)
        .withPropertyValues("otlp.events.shutdown-timeout=0s")
        .run(
            context -> {
              assertThat(context.getBean(ManagedEventPipeline.class).isPauseable()).isFalse();
              assertThat(context.getBean(ManagedEventPipeline.class).isRunning()).isTrue();
            });
  }

  @Test
  void refusesEventsAfterClosing() {
    EventEmitter[] emitter = new EventEmitter[1];
    runner.run(context -> emitter[0] = context.getBean(EventEmitter.class));
    assertThat(emitter[0].event("x").emit()).isEqualTo(EmitResult.CLOSED);
  }

  @Test
  void closesTheUsersDestinationOnce() {
    runner.run(context -> assertThat(destination.closed).hasValue(0));
    assertThat(destination.closed).hasValue(1);
  }

  @Test
  void waitsNoLongerThanTheShutdownTimeoutAndSaysWhatIsLost(CapturedOutput output) {
    FakeDestination silent = FakeDestination.silent();
    long[] start = new long[1];
    bare.withBean(Destination.class, () -> silent)
        .withPropertyValues("otlp.events.shutdown-timeout=300ms")
        .run(
            context -> {
              context.getBean(EventEmitter.class).event("lost").emit();
              start[0] = System.nanoTime();
            });
    assertThat(Duration.ofNanos(System.nanoTime() - start[0]))
        .isBetween(Duration.ofMillis(300), Duration.ofSeconds(5));
    assertThat(output)
        .contains("1 events were not delivered within otlp.events.shutdown-timeout=300ms");
  }

  @Test
  void addsDefaultAttributes() {
    runner
        .withPropertyValues(
            "otlp.events.default-attributes.deployment.environment.name=test",
            "otlp.events.default-attributes.who=default")
        .run(
            context -> {
              context.getBean(EventEmitter.class).event("x").attribute("who", "own").emit();
              context.getBean(EventEmitter.class).flush(SOON);
              assertThat(FakeDestination.texts(destination.events().get(0).getAttributesList()))
                  .containsEntry("deployment.environment.name", "test")
                  .containsEntry("who", "own");
            });
  }

  @Test
  void filtersBelowTheMinimumSeverity() {
    runner
        .withPropertyValues("otlp.events.minimum-severity=warn")
        .run(
            context -> {
              EventEmitter emitter = context.getBean(EventEmitter.class);
              assertThat(emitter.event("x").emit()).isEqualTo(EmitResult.FILTERED);
              assertThat(emitter.event("x").severity(Severity.WARN).emit())
                  .isEqualTo(EmitResult.ACCEPTED);
            });
  }

  @Test
  void refusesEventsAboveTheMaximumSize() {
    runner
        .withPropertyValues("otlp.events.journal.max-event-size=1KB")
        .run(
            context -> {
              EventEmitter emitter = context.getBean(EventEmitter.class);
              assertThat(emitter.event("x").body("y".repeat(1024)).emit())
                  .isEqualTo(EmitResult.TOO_LARGE);
              assertThat(emitter.event("x").body("y".repeat(512)).emit())
                  .isEqualTo(EmitResult.ACCEPTED);
            });
  }

  @Test
  void holdsNoMoreThanTheJournalsSize() {
    bare.withBean(Destination.class, FakeDestination::silent)
        .withPropertyValues(
            "otlp.events.journal.max-size=128KB",
            "otlp.events.journal.segment-size=64KB",
            "otlp.events.journal.max-event-size=16KB",
            "otlp.events.batch.max-size=64KB",
            "otlp.events.shutdown-timeout=0s")
        .run(
            context -> {
              EventEmitter emitter = context.getBean(EventEmitter.class);
              long accepted =
                  IntStream.range(0, 64)
                      .filter(i -> emitter.event("x").body("y".repeat(8192)).emit().isAccepted())
                      .count();
              assertThat(accepted).isBetween(7L, 16L);
              assertThat(emitter.event("x").body("y".repeat(8192)).emit())
                  .isEqualTo(EmitResult.JOURNAL_FULL);
              assertThat(context.getBean(ManagedEventPipeline.class).pipeline().journalSize())
                  .isLessThanOrEqualTo(128 * 1024);
            });
  }

  @Test
  void blocksNoLongerThanAllowedWhereTheJournalIsFull() {
    bare.withBean(Destination.class, FakeDestination::silent)
        .withPropertyValues(
            "otlp.events.journal.max-size=128KB",
            "otlp.events.journal.segment-size=64KB",
            "otlp.events.journal.max-event-size=16KB",
            "otlp.events.journal.overflow=block",
            "otlp.events.journal.max-block=200ms",
            "otlp.events.batch.max-size=64KB",
            "otlp.events.shutdown-timeout=0s")
        .run(
            context -> {
              EventEmitter emitter = context.getBean(EventEmitter.class);
              EmitResult result = EmitResult.ACCEPTED;
              long start = 0;
              while (result.isAccepted()) {
                start = System.nanoTime();
                result = emitter.event("x").body("y".repeat(8192)).emit();
              }
              assertThat(result).isEqualTo(EmitResult.JOURNAL_FULL);
              assertThat(Duration.ofNanos(System.nanoTime() - start))
                  .isBetween(Duration.ofMillis(150), Duration.ofSeconds(5));
            });
  }

  @Test
  void splitsRequestsBySizeAndSendsThemAtOnce() {
    FakeDestination silent = FakeDestination.silent();
    bare.withBean(Destination.class, () -> silent)
        .withPropertyValues(
            "otlp.events.batch.max-size=4KB",
            "otlp.events.batch.max-delay=1ms",
            "otlp.events.batch.max-in-flight=3",
            "otlp.events.shutdown-timeout=50ms")
        .run(
            context -> {
              EventEmitter emitter = context.getBean(EventEmitter.class);
              for (int i = 0; i < 20; i++) {
                emitter.event("x").body("y".repeat(2048)).emit();
              }
              await().atMost(SOON).until(() -> silent.requests.size() == 3);
              emitter.flush(Duration.ofMillis(50));
              assertThat(silent.requests).hasSize(3);
              assertThat(silent.requests)
                  .allSatisfy(request -> assertThat(request.getSerializedSize()).isLessThan(4600));
            });
  }

  private void emit(EventEmitter emitter) {
    emitter.event("x").emit();
    assertThat(emitter.flush(SOON).complete()).isTrue();
    assertThat(destination.eventNames()).containsExactly("x");
  }

  static class Shop {

    @EmitEvent(value = "order.placed", attributes = "order.id=#result")
    String place(String id) {
      return id;
    }
  }

  static final class EmitsOnStop implements SmartLifecycle {

    private final EventEmitter emitter;
    private boolean running;

    EmitsOnStop(EventEmitter emitter) {
      this.emitter = emitter;
    }

    @Override
    public void start() {
      running = true;
    }

    @Override
    public void stop() {
      emitter.event("stopping").emit();
      running = false;
    }

    @Override
    public boolean isRunning() {
      return running;
    }

    @Override
    public int getPhase() {
      return 0;
    }
  }

  record EmitsOnDestroy(EventEmitter emitter) implements DisposableBean {

    @Override
    public void destroy() {
      emitter.event("destroying").emit();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Decorated {

    @Bean
    @Primary
    EventEmitter decorated(ManagedEventPipeline pipeline) {
      return pipeline.emitter();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Customizers {

    @Bean
    @Order(2)
    EventPipelineCustomizer second() {
      return builder -> builder.defaultAttributes(attribute("second"));
    }

    @Bean
    @Order(1)
    EventPipelineCustomizer first() {
      return builder -> builder.defaultAttributes(attribute("first")).scope("custom", null);
    }

    private static Attributes attribute(String who) {
      return Attributes.builder().put("who", who).build();
    }
  }
}
