package io.otlpevents.benchmarks;

import java.util.Locale;

/** Who is measured. */
enum Contestant {
  /** This project's engine with its defaults, but for the overflow policy {@code block}. */
  ENGINE("engine, `block`"),
  /** OpenTelemetry's batch processor as it comes. */
  BLRP("BLRP, default"),
  /** OpenTelemetry's batch processor with a queue of 65,536 and batches of 2,048. */
  BLRP_TUNED("BLRP, queue 65,536, batch 2,048"),
  /** Requests made beforehand, sent by the same sender: the limit. */
  CANNED("canned requests (limit)"),
  /** Emits nothing: what the emitting threads' waiting costs by itself. */
  NOTHING("pacing alone");

  private final String label;

  Contestant(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Contestant of(String id) {
    return valueOf(id.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
