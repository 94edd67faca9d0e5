package io.otlpevents.otlp;

import io.otlpevents.journal.FsyncPolicy;
import io.otlpevents.journal.OverflowPolicy;
import io.otlpevents.otlp.KilledEmitter.Life;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Kills emitting processes with SIGKILL, again and again, and compares what they said was accepted
 * with what a receiver got.
 *
 * <p>Seeded: the seed decides how each life goes, and for how long. What is cut in two by the kill
 * is up to the machine.
 */
final class KillRun {

  private static final long START_SECONDS = 60;

  private final int kills;
  private final Path directory;
  private final Path logs;
  private final boolean grpc;
  private final Random random;
  private final NumberedArrivals arrivals = new NumberedArrivals();
  private final List<Child> children = new ArrayList<>();
  private int unready;
  private int away;
  private int delivering;

  KillRun(int kills, long seed, boolean grpc, Path folder) throws IOException {
    this.kills = kills;
    this.grpc = grpc;
    this.random = new Random(seed);
    this.directory = folder.resolve("journal");
    this.logs = Files.createDirectories(folder.resolve("logs"));
  }

  /**
   * What came of it.
   *
   * @param missing accepted and not arrived, in words
   * @param mistakes other things that must not be, in words
   * @param ledger of the last process
   */
  record Report(
      int kills,
      int killedBeforeTheyWereReady,
      int killedWhileTheReceiverWasAway,
      int killedWhileDelivering,
      long accepted,
      long arrived,
      long duplicates,
      List<String> missing,
      List<String> mistakes,
      int exitValue,
      String ledger,
      long leftSegments) {}

  /**
   * Kills so many processes.
   *
   * @param atOnce how many live at the same time and share the directory
   */
  Report run(int atOnce) throws Exception {
    try (ScriptedReceiver receiver = grpc ? new GrpcReceiver() : new HttpReceiver()) {
      receiver.sink = arrivals::add;
      Child[] alive = new Child[atOnce];
      try {
        for (int kill = 0; kill < kills; kill++) {
          int place = kill % atOnce;
          if (receiver.usual == ScriptedReceiver.Answer.OK) {
            if (random.nextInt(6) == 0) {
              receiver.usual = ScriptedReceiver.Answer.UNAVAILABLE;
            }
          } else if (random.nextBoolean()) {
            receiver.usual = ScriptedReceiver.Answer.OK;
          }
          for (int i = 0; i < atOnce; i++) {
            if (alive[i] == null) {
              alive[i] = start(receiver, "");
            }
          }
          Child victim = alive[place];
          long before = arrivals.arrived();
          live(victim);
          delivering += arrivals.arrived() > before ? 1 : 0;
          away += receiver.usual == ScriptedReceiver.Answer.OK ? 0 : 1;
          unready += victim.ready.getCount() > 0 ? 1 : 0;
          victim.kill();
          alive[place] = null;
        }
      } finally {
        for (Child child : alive) {
          if (child != null) {
            child.kill();
          }
        }
      }
      receiver.usual = ScriptedReceiver.Answer.OK;
      return finish(receiver);
    }
  }

  /** Lets it live for a while: until some moment of its start, or for so long after it. */
  private void live(Child victim) throws InterruptedException {
    if (random.nextInt(4) == 0) {
      // The virtual machine takes about this long to come up; the journal recovers at its end.
      victim.ready.await(150 + random.nextInt(400), TimeUnit.MILLISECONDS);
      return;
    }
    if (!victim.ready.await(START_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("a process did not start, see " + logs);
    }
    if (random.nextInt(3) == 0) {
      awaitArrival();
      TimeUnit.MICROSECONDS.sleep(random.nextInt(30_000));
    } else {
      TimeUnit.MICROSECONDS.sleep(random.nextInt(random.nextInt(4) == 0 ? 400_000 : 60_000));
    }
  }

  /** So that it dies while it sends; where the receiver is away, it dies in its retries. */
  private void awaitArrival() throws InterruptedException {
    long before = arrivals.arrived();
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1_500);
    while (arrivals.arrived() == before && System.nanoTime() - deadline < 0) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  private Child start(ScriptedReceiver receiver, String report) throws IOException {
    int process = children.size();
    int segmentSize = random.nextInt(4) == 0 ? 128 * 1024 : 64 * 1024;
    FsyncPolicy[] policies = FsyncPolicy.values();
    Life life =
        new Life(
            directory.toString(),
            receiver.endpoint(),
            grpc,
            process,
            segmentSize,
            report.isEmpty() ? 16L << 20 : 64L << 20,
            random.nextInt(3) > 0 ? FsyncPolicy.OS : policies[random.nextInt(policies.length)],
            random.nextBoolean() ? OverflowPolicy.BLOCK : OverflowPolicy.DROP_NEWEST,
            random.nextInt(3) == 0 ? 0 : random.nextInt(2_000),
            report);
    Child child = new Child(life, logs.resolve("process-" + process + ".log"));
    children.add(child);
    return child;
  }

  private Report finish(ScriptedReceiver receiver) throws Exception {
    Path ledger = logs.resolve("ledger");
    Child last = start(receiver, ledger.toString());
    boolean ended = last.process.waitFor(180, TimeUnit.SECONDS);
    last.kill();
    long accepted = 0;
    List<String> missing = new ArrayList<>();
    for (Child child : children) {
      accepted += child.accepted.cardinality();
      BitSet lost = arrivals.missing(child.life.process(), child.accepted);
      if (!lost.isEmpty()) {
        missing.add("process " + child.life + ": " + lost);
      }
    }
    return new Report(
        kills,
        unready,
        away,
        delivering,
        accepted,
        arrivals.arrived(),
        arrivals.duplicates(),
        missing,
        arrivals.mistakes(),
        ended ? last.process.exitValue() : -1,
        Files.exists(ledger) ? Files.readString(ledger) : "none, see " + logs,
        segments());
  }

  /** Files of the journal that hold events, or could, when everything was delivered. */
  private long segments() throws IOException {
    try (var files = Files.walk(directory)) {
      return files
          .filter(file -> !file.toString().endsWith("lock"))
          .filter(this::isSegment)
          .count();
    }
  }

  private boolean isSegment(Path file) {
    return file.toString().endsWith(".segment") || file.toString().endsWith(".damaged");
  }

  private static final class Child {

    private final Life life;
    private final Process process;
    private final Thread reader;
    private final CountDownLatch ready = new CountDownLatch(1);

    /** Written by the reader, read when it has ended. */
    private final BitSet accepted = new BitSet();

    Child(Life life, Path log) throws IOException {
      this.life = life;
      List<String> command =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx128m",
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty(
                      "surefire.test.class.path", System.getProperty("java.class.path")),
                  KilledEmitter.class.getName()));
      command.addAll(List.of(life.arguments()));
      this.process = new ProcessBuilder(command).redirectError(log.toFile()).start();
      this.reader = new Thread(this::read, "accepted-numbers");
      reader.setDaemon(true);
      reader.start();
    }

    private void read() {
      try (DataInputStream numbers = new DataInputStream(process.getInputStream())) {
        while (true) {
          int number = numbers.readInt();
          if (number == KilledEmitter.READY) {
            ready.countDown();
          } else {
            accepted.set(number);
          }
        }
      } catch (EOFException e) {
        // It was killed.
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    void kill() throws InterruptedException {
      // Process.destroyForcibly would close the pipe, and what is in it would be lost.
      process.toHandle().destroyForcibly();
      process.waitFor();
      reader.join();
    }
  }
}
