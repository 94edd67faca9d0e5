package io.otlpevents.propagation.contract;

import io.opentelemetry.api.trace.SpanKind;
import java.util.List;

/**
 * A span that has ended.
 *
 * @param maker who made it
 * @param kind what it stands for
 * @param name what it is called
 * @param traceId the trace it belongs to, in hex
 * @param spanId its id, in hex
 * @param events the names of its events
 */
public record RecordedSpan(
    String maker, SpanKind kind, String name, String traceId, String spanId, List<String> events) {

  /** The maker of spans by OpenTelemetry's SDK or agent. */
  public static final String OPENTELEMETRY = "OpenTelemetry";
}
