package io.otlpevents.typed;

import io.opentelemetry.api.logs.Severity;
import io.otlpevents.EventBuilder;
import io.otlpevents.EventType;
import io.otlpevents.PayloadMode;
import io.otlpevents.SensitiveValue;
import io.otlpevents.annotation.BusinessEvent;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * How objects of a class become events. Made once for each class and kept as long as the class;
 * safe for any number of threads.
 */
public final class TypedEvent {

  private static final ClassValue<TypedEvent> EVENTS =
      new ClassValue<>() {
        @Override
        protected TypedEvent computeValue(Class<?> type) {
          return new TypedEvent(type);
        }
      };

  private final @Nullable BusinessEvent annotation;
  private final String name;
  private final Severity severity;
  private final EventType type;
  private final @Nullable FlatShape attributes;
  private final @Nullable Accessor body;
  private final @Nullable String problem;
  private final AtomicBoolean told = new AtomicBoolean();

  private TypedEvent(Class<?> type) {
    this.annotation = type.getAnnotation(BusinessEvent.class);
    if (annotation == null) {
      this.name = "";
      this.severity = Severity.INFO;
      this.type = EventType.CUSTOM;
      this.attributes = null;
      this.body = null;
      this.problem =
          type.getName()
              + " is no event: annotate it with @BusinessEvent(\"its.name\"), or use"
              + " EventEmitter.event(…)";
      return;
    }
    this.name = annotation.value().strip();
    this.severity = annotation.severity();
    this.type = annotation.type();
    Shape shape = Shape.of(type);
    this.attributes = new FlatShape(shape, null, 0);
    this.body = shape.body();
    String wrong = name.isEmpty() ? "its @BusinessEvent has no name" : shape.problem();
    this.problem = wrong == null ? null : type.getName() + ": " + wrong;
  }

  /** What objects of this class are. */
  public static TypedEvent of(Class<?> type) {
    return EVENTS.get(type);
  }

  /** Whether the class is annotated with {@link BusinessEvent}, be it rightly or not. */
  public boolean isAnnotated() {
    return annotation != null;
  }

  /** Why objects of this class cannot be emitted, for people; null if they can be. */
  public @Nullable String problem() {
    return problem;
  }

  /** Whether people are still to be told the {@link #problem()}: true once. */
  public boolean isProblemNews() {
    return problem != null && told.compareAndSet(false, true);
  }

  /** The event's name; empty if there is a {@link #problem()}. */
  public String name() {
    return name;
  }

  /** The severity. */
  public Severity severity() {
    return severity;
  }

  /** The kind of event. */
  public EventType type() {
    return type;
  }

  /**
   * Sets the kind, the severity, the attributes and the body.
   *
   * @param owner an object of this class
   * @throws Throwable what an accessor throws
   */
  public void write(EventBuilder event, Object owner) throws Throwable {
    event.severity(severity).type(type);
    if (attributes != null) {
      attributes.write(event, owner);
    }
    if (body != null) {
      writeBody(event, Values.unwrapped(body.read(owner)));
    }
  }

  private static void writeBody(EventBuilder event, @Nullable Object value) throws Throwable {
    if (value instanceof byte[] bytes) {
      event.payload(bytes, (String) null);
    } else if (value instanceof SensitiveValue) {
      event.body(value.toString());
    } else {
      Object plain = Values.plain(value, 0);
      if (plain instanceof CharSequence text) {
        event.body(text.toString());
      } else {
        event.payload(plain, PayloadMode.STRUCTURED_BODY);
      }
    }
  }
}
