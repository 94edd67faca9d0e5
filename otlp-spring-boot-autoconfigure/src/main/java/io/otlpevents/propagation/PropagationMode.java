package io.otlpevents.propagation;

/** What becomes of a trace in an application without a tracer. */
public enum PropagationMode {

  /**
   * What comes in leaves unchanged, and nothing is added. There is no span that an id of this
   * application's own could name.
   */
  FORWARD,

  /**
   * The application takes part: outgoing requests get a parent id of their own, and a trace begins
   * here where none came in.
   */
  PARTICIPATE
}
