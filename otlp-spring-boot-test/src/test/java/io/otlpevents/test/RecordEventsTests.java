package io.otlpevents.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import io.opentelemetry.context.Context;
import io.otlpevents.EventEmitter;
import io.otlpevents.autoconfigure.OtlpEventsAutoConfiguration;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;

/** The extension, in tests that are run by these tests. */
class RecordEventsTests {

  @Test
  void eachTestSeesItsOwnEventsWithoutSpring() {
    succeed(4, PlainCase.class);
  }

  @Test
  void eachTestSeesItsOwnEventsWithSpring() {
    succeed(4, SpringCase.class);
  }

  @Test
  void testsAtTheSameTimeInOneApplicationContextSeeTheirOwnEvents() {
    succeed(2, ParallelSpringCase.class);
  }

  @Test
  void testsAtTheSameTimeWithoutSpringSeeTheirOwnEvents() {
    succeed(2, ParallelPlainCase.class);
  }

  @Test
  void recordsWhereEventsAreSwitchedOffByTheirProperty() {
    succeed(1, SwitchedOffCase.class);
  }

  @Test
  void saysWhatIsWrongWithAParameterOfAConstructor() {
    EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(ConstructorCase.class))
        .execute()
        .testEvents()
        .assertThatEvents()
        .haveExactly(
            1,
            event(
                finishedWithFailure(
                    message(
                        text ->
                            text.contains(
                                "EmittedEvents belongs to one test: make it a parameter of the test"
                                    + " method")))));
  }

  @Test
  void saysWhatToDoWhereThereIsNoPipeline() {
    EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(NoPipelineCase.class))
        .execute()
        .testEvents()
        .assertThatEvents()
        .haveExactly(
            1,
            event(finishedWithFailure(message(text -> text.contains("finds no event pipeline")))));
  }

  private static void succeed(int tests, Class<?> testClass) {
    EngineTestKit.engine("junit-jupiter")
        .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
        .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
        .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "2")
        .selectors(selectClass(testClass))
        .execute()
        .testEvents()
        .assertStatistics(stats -> stats.started(tests).succeeded(tests));
  }

  @RecordEvents
  static class PlainCase {

    @BeforeEach
    void emitBefore(EmittedEvents events, EventEmitter emitter) {
      emitter.event("before").emit();
      assertThat(events).count(1);
    }

    @Test
    void one(EmittedEvents events, EventEmitter emitter) {
      emitter.event("one").emit();
      assertThat(events).count(2).inOrder("before", "one");
    }

    @Test
    void two(EmittedEvents events, EventEmitter emitter) {
      emitter.event("two").emit();
      assertThat(events).count(2).inOrder("before", "two");
    }

    @Nested
    class Within {
      @Test
      void three(EmittedEvents events) {
        events.emitter().event("three").emit();
        assertThat(events).count(2).inOrder("before", "three");
      }

      @Test
      void four(EmittedEvents events) {
        assertThat(events).count(1).hasEvent("before");
      }
    }
  }

  /** An application. */
  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration(OtlpEventsAutoConfiguration.class)
  static class Application {}

  @SpringBootTest(
      classes = Application.class,
      properties = {
        "otlp.events.redaction.mask=secret",
        "otlp.events.batch.max-delay=1h",
        "otlp.events.limits.max-attributes=1"
      })
  @RecordEvents
  static class SpringCase {

    @Autowired EventEmitter emitter;

    @Test
    void one(EmittedEvents events) {
      emitter.event("one").attribute("secret", "x").emit();
      assertThat(events).count(1).hasEvent("one").withAttribute("secret", "***");
      assertThat(events.all().get(0).attributes()).containsOnlyKeys("secret", "log.record.uid");
      // Attributes that were dropped are counted in: a mark would have been one.
      assertThat(events.asLogRecordData().get(0).getTotalAttributeCount()).isEqualTo(2);
    }

    @Test
    void two(EmittedEvents events, @Autowired EventEmitter injected) {
      injected.event("two").emit();
      assertThat(events).count(1).hasEvent("two");
    }

    @Nested
    class Within {
      @Test
      void three(EmittedEvents events) {
        emitter.event("three").emit();
        assertThat(events).count(1).hasEvent("three");
      }

      @Test
      void four(EmittedEvents events) {
        assertThat(events).never();
      }
    }
  }

  @SpringBootTest(classes = Application.class)
  @RecordEvents
  @Execution(ExecutionMode.CONCURRENT)
  static class ParallelSpringCase {

    private static final CyclicBarrier BARRIER = new CyclicBarrier(2);

    @Autowired EventEmitter emitter;

    @Test
    void one(EmittedEvents events) throws Exception {
      emit(events, "one");
    }

    @Test
    void two(EmittedEvents events) throws Exception {
      emit(events, "two");
    }

    private void emit(EmittedEvents events, String name) throws Exception {
      BARRIER.await(30, TimeUnit.SECONDS);
      emitter.event(name).emit();
      Runnable emission = () -> emitter.event(name).emit();
      Thread other = new Thread(Context.current().wrap(emission));
      other.start();
      other.join();
      BARRIER.await(30, TimeUnit.SECONDS);
      assertThat(events).count(2).named(name).count(2);
      assertThat(events.all().get(0).attributes()).containsOnlyKeys("log.record.uid");
      BARRIER.await(30, TimeUnit.SECONDS);
      Thread unknown = new Thread(() -> emitter.event("unknown").emit());
      unknown.start();
      unknown.join();
      BARRIER.await(30, TimeUnit.SECONDS);
      assertThat(events).named("unknown").count(2);
      BARRIER.await(30, TimeUnit.SECONDS);
    }
  }

  @RecordEvents
  @Execution(ExecutionMode.CONCURRENT)
  static class ParallelPlainCase {

    private static final CyclicBarrier BARRIER = new CyclicBarrier(2);

    @Test
    void one(EmittedEvents events, EventEmitter emitter) throws Exception {
      emit(events, emitter, "one");
    }

    @Test
    void two(EmittedEvents events, EventEmitter emitter) throws Exception {
      emit(events, emitter, "two");
    }

    private static void emit(EmittedEvents events, EventEmitter emitter, String name)
        throws Exception {
      BARRIER.await(30, TimeUnit.SECONDS);
      emitter.event(name).emit();
      BARRIER.await(30, TimeUnit.SECONDS);
      assertThat(events).count(1).hasEvent(name);
    }
  }

  @SpringBootTest(classes = Application.class, properties = "otlp.events.enabled=false")
  @RecordEvents
  static class SwitchedOffCase {
    @Test
    void one(EmittedEvents events, @Autowired EventEmitter emitter) {
      emitter.event("one").emit();
      assertThat(events).hasEvent("one");
    }
  }

  @RecordEvents
  static class ConstructorCase {

    private final EmittedEvents events;

    ConstructorCase(EmittedEvents events) {
      this.events = events;
    }

    @Test
    void one() {
      assertThat(events).never();
    }
  }

  /** An application without events. */
  @Configuration(proxyBeanMethods = false)
  static class Empty {}

  @SpringBootTest(classes = Empty.class)
  @RecordEvents
  static class NoPipelineCase {
    @Test
    void one() {}
  }
}
