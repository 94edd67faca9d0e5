package io.otlpevents.propagation.contract;

import java.util.List;

/** A bean that keeps what a tracer has ended. */
public interface SpanRecorder {

  /** All so far. */
  List<RecordedSpan> spans();

  /** Forgets all so far. */
  void forget();
}
