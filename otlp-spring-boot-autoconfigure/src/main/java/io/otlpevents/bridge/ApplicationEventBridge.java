package io.otlpevents.bridge;

import io.otlpevents.EventEmitter;
import io.otlpevents.annotation.BusinessEvent;
import io.otlpevents.typed.TypedEvent;
import java.lang.reflect.Modifier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.event.GenericApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;

/**
 * Emits what is published with an {@code ApplicationEventPublisher} and annotated with {@link
 * BusinessEvent}: at once, on the publisher's thread, with the publisher's span. It comes before
 * other listeners, so that one which throws does not hide the event. Nothing that goes wrong here
 * reaches the publisher.
 */
public final class ApplicationEventBridge implements GenericApplicationListener {

  private static final Log log = LogFactory.getLog(ApplicationEventBridge.class);

  private final Supplier<EventEmitter> emitter;
  private final AtomicBoolean told = new AtomicBoolean();

  /**
   * Creates the listener.
   *
   * @param emitter asked for each event, because events are published before the application has
   *     started and after it has stopped, too
   */
  public ApplicationEventBridge(Supplier<EventEmitter> emitter) {
    this.emitter = emitter;
  }

  /**
   * Spring remembers the answer for each type, so that events of other final types cost nothing.
   */
  @Override
  public boolean supportsEventType(ResolvableType eventType) {
    Class<?> type = eventType.toClass();
    if (PayloadApplicationEvent.class.isAssignableFrom(type)) {
      return mayBeEvent(eventType.as(PayloadApplicationEvent.class).getGeneric(0).toClass());
    }
    return mayBeEvent(type);
  }

  /** Whether objects of this type are events, or those of a subclass may be. */
  private static boolean mayBeEvent(Class<?> type) {
    return !Modifier.isFinal(type.getModifiers()) || TypedEvent.of(type).isAnnotated();
  }

  @Override
  public void onApplicationEvent(ApplicationEvent event) {
    Object published =
        event instanceof PayloadApplicationEvent<?> wrapped ? wrapped.getPayload() : event;
    try {
      if (TypedEvent.of(published.getClass()).isAnnotated()) {
        emitter.get().emit(published);
      }
    } catch (Throwable e) {
      // The emitter itself throws nothing, but there may be none while the application stops.
      if (told.compareAndSet(false, true)) {
        log.warn("A published event could not be emitted: " + e.getClass().getName());
      }
    }
  }

  /** On another thread, the publisher's span would be lost. */
  @Override
  public boolean supportsAsyncExecution() {
    return false;
  }

  @Override
  public int getOrder() {
    return Ordered.HIGHEST_PRECEDENCE + 1000;
  }
}
