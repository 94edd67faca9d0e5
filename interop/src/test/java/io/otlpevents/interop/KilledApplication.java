package io.otlpevents.interop;

import static org.awaitility.Awaitility.await;

import io.otlpevents.EmitResult;
import io.otlpevents.interop.CollectorInteropIntegrationTests.Transport;
import io.otlpevents.pipeline.EventPipeline;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A process with a journal on disk, which emits random events, says which were accepted, and then
 * waits to be killed.
 */
final class KilledApplication implements AutoCloseable {

  private static final String ACCEPTED = "accepted ";

  /** How many events each process emits. */
  static final int EVENTS = 500;

  private static final int NUMBERS = 1_000;
  private static final Duration ENOUGH = Duration.ofSeconds(60);

  private final Process process;
  private final Thread reader;
  private final Set<Integer> accepted = ConcurrentHashMap.newKeySet();

  private KilledApplication(Process process) {
    this.process = process;
    this.reader = new Thread(this::read, "accepted-numbers");
    reader.setDaemon(true);
    reader.start();
  }

  /** Which process emitted the event with this number. */
  static int processOf(int number) {
    return number / NUMBERS;
  }

  static KilledApplication start(
      Transport transport, CollectorProcess collector, Path journal, int number) {
    try {
      return new KilledApplication(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty(
                      "surefire.test.class.path", System.getProperty("java.class.path")),
                  KilledApplication.class.getName(),
                  transport.name(),
                  transport.endpoint(collector).toString(),
                  journal.toString(),
                  String.valueOf(number),
                  String.valueOf(CollectorInteropIntegrationTests.SEED))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read() {
    try (BufferedReader lines = process.inputReader()) {
      String line = lines.readLine();
      while (line != null) {
        // Its log goes the same way.
        if (line.startsWith(ACCEPTED)) {
          accepted.add(Integer.valueOf(line.substring(ACCEPTED.length())));
        }
        line = lines.readLine();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void awaitAccepted(int count) {
    await().atMost(ENOUGH).failFast(() -> !process.isAlive()).until(() -> accepted.size() >= count);
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    // Process.destroyForcibly would close the pipe, and what is in it would be lost.
    process.toHandle().destroyForcibly();
    process.waitFor();
    reader.join();
  }

  /** The numbers of the events that were accepted, when it has been killed or says no more. */
  List<Integer> accepted() {
    return List.copyOf(accepted);
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }

  public static void main(String[] arguments) throws Exception {
    endWithParent();
    int number = Integer.parseInt(arguments[3]);
    long seed = Long.parseLong(arguments[4]);
    EventPipeline pipeline =
        CollectorInteropIntegrationTests.pipeline(
            number,
            Transport.valueOf(arguments[0]).destination(URI.create(arguments[1])),
            Path.of(arguments[2]));
    for (int i = number * NUMBERS; i < number * NUMBERS + EVENTS; i++) {
      if (RandomEvent.draw(seed, i).emit(pipeline.emitter()) == EmitResult.ACCEPTED) {
        System.out.println(ACCEPTED + i);
      }
    }
    Thread.sleep(ENOUGH.toMillis());
  }

  private static void endWithParent() {
    Thread watch =
        new Thread(
            () -> {
              try {
                while (System.in.read() >= 0) {
                  // The parent never writes; its end closes the pipe.
                }
              } catch (IOException e) {
                // As good as an end.
              }
              Runtime.getRuntime().halt(3);
            });
    watch.setDaemon(true);
    watch.start();
  }
}
