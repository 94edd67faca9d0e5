package io.otlpevents.test;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.otlpevents.AttributeSink;
import io.otlpevents.EventEnricher;
import io.otlpevents.EventView;

/**
 * Marks events with the test in whose OpenTelemetry context they are emitted, but only while
 * several tests share a pipeline: otherwise events are left as they are. The mark is taken off
 * again when they are decoded.
 */
final class TestMarker implements EventEnricher {

  /** The attribute that carries the mark. */
  static final String ATTRIBUTE = "io.otlpevents.test.marker";

  private static final ContextKey<String> KEY = ContextKey.named(ATTRIBUTE);

  private final RecordingDestination destination;

  TestMarker(RecordingDestination destination) {
    this.destination = destination;
  }

  /** The current context with this mark. */
  static Context mark(String marker) {
    return Context.current().with(KEY, marker);
  }

  @Override
  public void enrich(EventView event, AttributeSink attributes) {
    if (destination.isShared()) {
      attributes.put(ATTRIBUTE, Context.current().get(KEY));
    }
  }
}
