package io.otlpevents.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Scope;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.otlpevents.EventEmitter;
import io.otlpevents.annotation.BusinessEvent;
import io.otlpevents.bridge.ApplicationEventBridge;
import io.otlpevents.delivery.Destination;
import io.otlpevents.ledger.RejectReason;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.Order;

/** What becomes of application events that are published. */
class ApplicationEventBridgeTests {

  private final FakeDestination destination = FakeDestination.answering();
  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(OtlpEventsAutoConfiguration.class))
          .withBean(Destination.class, () -> destination);

  /** A marker that some events have. */
  interface Marked {}

  @BusinessEvent("cart.abandoned")
  record CartAbandoned(String id) implements Marked {}

  record NotAnEvent(String id) implements Marked {}

  @BusinessEvent("generic.payload")
  record Generic<T>(T value) {}

  @BusinessEvent("of.spring")
  static final class OfSpring extends ApplicationEvent {

    private static final long serialVersionUID = 1L;

    OfSpring(Object source) {
      super(source);
    }

    public int getSize() {
      return 3;
    }
  }

  @BusinessEvent("broken")
  record Broken(String id) {
    @Override
    public String id() {
      throw new IllegalStateException("accessor");
    }
  }

  @Test
  void emitsAnnotatedPayloadsAtOnceWithThePublishersSpan() {
    SpanContext span =
        SpanContext.create(
            "4bf92f3577b34da6a3ce929d0e0e4736",
            "00f067aa0ba902b7",
            TraceFlags.getDefault(),
            TraceState.getDefault());
    runner.run(
        context -> {
          try (Scope ignored = Span.wrap(span).makeCurrent()) {
            context.publishEvent(new CartAbandoned("c-1"));
          }
          context.publishEvent(new NotAnEvent("x"));
          context.publishEvent("text");
          context.publishEvent(new Generic<>(5));
          context.publishEvent(new OfSpring(this));
          context.publishEvent(new PayloadApplicationEvent<>(this, new CartAbandoned("c-2")));
          context.publishEvent(
              new PayloadApplicationEvent<>(
                  this, new CartAbandoned("c-3"), ResolvableType.forClass(Marked.class)));
          flush(context);

          assertThat(destination.eventNames())
              .containsExactly(
                  "cart.abandoned",
                  "generic.payload",
                  "of.spring",
                  "cart.abandoned",
                  "cart.abandoned");
          LogRecord first = destination.events().get(0);
          assertThat(FakeDestination.texts(first.getAttributesList())).containsEntry("id", "c-1");
          assertThat(first.getTraceId().toByteArray()).isEqualTo(span.getTraceIdBytes());
          assertThat(destination.events().get(1).getAttributes(0).getValue().getIntValue())
              .isEqualTo(5);
          assertThat(FakeDestination.texts(destination.events().get(2).getAttributesList()))
              .containsOnlyKeys("size", "log.record.uid", "otlpevents.type");
        });
  }

  @Test
  void isSwitchedOffByItsPropertyAndWithAllEvents() {
    for (String off :
        new String[] {"otlp.events.bridge.application-events", "otlp.events.enabled"}) {
      runner
          .withPropertyValues(off + "=false")
          .run(
              context -> {
                assertThat(context).doesNotHaveBean(ApplicationEventBridge.class);
                context.publishEvent(new CartAbandoned("c-1"));
                flush(context);
              });
    }
    assertThat(destination.eventNames()).isEmpty();
  }

  @Test
  void nothingThatGoesWrongReachesThePublisher() {
    runner.run(
        context -> {
          context.publishEvent(new Broken("x"));
          ManagedEventPipeline pipeline = context.getBean(ManagedEventPipeline.class);
          assertThat(pipeline.pipeline().ledger().snapshot().rejected())
              .containsEntry(RejectReason.ENCODING_FAILED, 1L);
        });
    ApplicationEventBridge broken =
        new ApplicationEventBridge(
            () -> {
              throw new IllegalStateException("no emitter");
            });
    broken.onApplicationEvent(new PayloadApplicationEvent<>(this, new CartAbandoned("c-1")));
  }

  /** Listens, and fails. */
  @Configuration(proxyBeanMethods = false)
  static class FailingListener {
    @EventListener
    @Order(0)
    void on(CartAbandoned event) {
      throw new IllegalArgumentException(event.id());
    }
  }

  @Test
  void emitsBeforeAnotherListenerFails() {
    runner
        .withUserConfiguration(FailingListener.class)
        .run(
            context -> {
              assertThatThrownBy(() -> context.publishEvent(new CartAbandoned("c-1")))
                  .isInstanceOf(IllegalArgumentException.class);
              flush(context);
              assertThat(destination.eventNames()).containsExactly("cart.abandoned");
            });
  }

  /** Delivers application events on other threads. */
  @Configuration(proxyBeanMethods = false)
  static class AsynchronousEvents {
    @Bean(AbstractApplicationContext.APPLICATION_EVENT_MULTICASTER_BEAN_NAME)
    SimpleApplicationEventMulticaster multicaster() {
      SimpleApplicationEventMulticaster multicaster = new SimpleApplicationEventMulticaster();
      Executor never = Executors.newSingleThreadExecutor(task -> new Thread(() -> {}));
      multicaster.setTaskExecutor(never);
      return multicaster;
    }
  }

  @Test
  void emitsOnThePublishersThreadEvenWhereListenersAreAsynchronous() {
    runner
        .withUserConfiguration(AsynchronousEvents.class)
        .run(
            context -> {
              context.publishEvent(new CartAbandoned("c-1"));
              flush(context);
              assertThat(destination.eventNames()).containsExactly("cart.abandoned");
            });
  }

  @Test
  void emitsOnceWhatAChildContextPublishes() {
    runner.run(
        parent -> {
          try (GenericApplicationContext child = new GenericApplicationContext()) {
            child.setParent(parent);
            child.refresh();
            child.publishEvent(new CartAbandoned("c-1"));
          }
          flush(parent);
          assertThat(destination.eventNames()).containsExactly("cart.abandoned");
        });
  }

  private static void flush(ApplicationContext context) {
    assertThat(context.getBean(EventEmitter.class).flush(Duration.ofSeconds(10)).complete())
        .isTrue();
  }
}
