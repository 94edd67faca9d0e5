package io.otlpevents;

import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.SpanContext;
import org.jspecify.annotations.Nullable;

/**
 * What a filter or an enricher sees of an event that is being emitted, without a copy.
 *
 * <p>For the calling thread, and only until the filter or enricher returns; later use throws {@link
 * IllegalStateException}. Attribute values are the caller's own objects, to be read and not
 * changed.
 */
public interface EventView {

  /** The event's name; never empty. */
  String name();

  /** The severity. */
  Severity severity();

  /**
   * The severity's number, from 1 to 24; 0 for {@link Severity#UNDEFINED_SEVERITY_NUMBER}.
   *
   * @see <a
   *     href="https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber">Logs
   *     data model: severity number</a>
   */
  int severityNumber();

  /** The kind of event; null for none. */
  @Nullable EventType type();

  /**
   * The value of an attribute that is set on the event: a {@code String}, {@code Long}, {@code
   * Double} or {@code Boolean} for scalars, otherwise the object it was given. Entries of a payload
   * and the application's default attributes are not looked through.
   *
   * @return null if the event does not set it
   */
  @Nullable Object attribute(String key);

  /**
   * The span the event belongs to; {@linkplain SpanContext#isValid() invalid} if there is none.
   * Neither depends on whether the span is sampled.
   */
  SpanContext spanContext();
}
