package io.otlpevents.propagation.kafka;

import java.util.List;

/** A bean that keeps the spans of the application's tracer. */
public interface SpanRecorder {

  /** The spans that have ended so far. */
  List<SeenSpan> spans();

  /** Forgets them. */
  void clear();
}
