package io.otlpevents.benchmarks;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The child processes of a harness; none outlives it. */
final class Children {

  private static final Set<Process> ALIVE = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> ALIVE.forEach(Process::destroyForcibly), "children"));
  }

  private Children() {}

  static Process add(Process process) {
    ALIVE.add(process);
    var unused = process.onExit().thenAccept(ALIVE::remove);
    return process;
  }

  /** Kills a process at once and waits for its end. */
  static void kill(Process process) {
    process.destroyForcibly();
    waitFor(process);
  }

  /** Asks a process to end, and kills it if it has not within this time. */
  static void stop(Process process, long timeoutSeconds) {
    process.destroy();
    try {
      if (process.waitFor(timeoutSeconds, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    kill(process);
  }

  private static void waitFor(Process process) {
    process.onExit().join();
  }
}
