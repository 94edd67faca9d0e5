package io.otlpevents.propagation.contract;

import java.util.List;

/** A running application, here or in another process, and the server that it calls. */
public interface RunningApplication extends AutoCloseable {

  /** What the application calls. */
  RawDownstream downstream();

  /** Where the application serves. */
  int port();

  /** The events so far, all of them. */
  CollectedEvents events();

  /** Forgets the events so far. */
  void forgetEvents();

  /** The spans that have ended so far, whoever made them; empty without a tracer. */
  List<RecordedSpan> spans();

  /** Forgets the spans so far. */
  void forgetSpans();

  /** Looks at each thread of the servers and executors. */
  void assertNoContextRemains();

  /** Sends a request and expects that it was served. */
  default String get(String path, String... headerLines) {
    String response = RawRequest.get(port(), path, headerLines);
    if (!response.startsWith("HTTP/1.1 200")) {
      throw new AssertionError(response);
    }
    return response;
  }

  @Override
  void close() throws Exception;
}
