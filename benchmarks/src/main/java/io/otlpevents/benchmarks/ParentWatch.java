package io.otlpevents.benchmarks;

import java.io.IOException;

/** Ends a child process when its parent is gone, however the parent ended. */
final class ParentWatch {

  private ParentWatch() {}

  static void start() {
    Thread watch =
        new Thread(
            () -> {
              try {
                while (System.in.read() >= 0) {
                  // The parent never writes: this ends when its end of the pipe is closed.
                }
              } catch (IOException e) {
                // As good as an end.
              }
              Runtime.getRuntime().halt(3);
            },
            "parent-watch");
    watch.setDaemon(true);
    watch.start();
  }
}
