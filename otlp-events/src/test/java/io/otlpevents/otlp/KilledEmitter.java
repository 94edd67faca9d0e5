package io.otlpevents.otlp;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.resources.Resource;
import io.otlpevents.delivery.DeliverySettings;
import io.otlpevents.journal.DiskSettings;
import io.otlpevents.journal.FsyncPolicy;
import io.otlpevents.journal.JournalSettings;
import io.otlpevents.journal.OverflowPolicy;
import io.otlpevents.ledger.Ledger;
import io.otlpevents.pipeline.EventPipeline;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * What runs in the process that {@link KillRun} kills: threads that emit {@linkplain NumberedEvent
 * numbered events} into a journal on disk and write the number of each one that was accepted to
 * stdout, four bytes with one write, so that the pipe has it before anybody can kill us.
 */
final class KilledEmitter {

  /** Written when the engine has started. */
  static final int READY = -1;

  /** More than a life lasts for. */
  static final int MAX_EVENTS = 20_000;

  private static final int THREADS = 4;

  private KilledEmitter() {}

  /**
   * How a life goes.
   *
   * @param pauseMicros how long each thread waits after each event; 0 for a flood
   * @param report where the last process writes its ledger; empty for one that is to be killed
   */
  record Life(
      String directory,
      URI endpoint,
      boolean grpc,
      int process,
      int segmentSize,
      long maxSize,
      FsyncPolicy fsync,
      OverflowPolicy overflow,
      int pauseMicros,
      String report) {

    String[] arguments() {
      return new String[] {
        directory,
        endpoint.toString(),
        String.valueOf(grpc),
        String.valueOf(process),
        String.valueOf(segmentSize),
        String.valueOf(maxSize),
        fsync.name(),
        overflow.name(),
        String.valueOf(pauseMicros),
        report
      };
    }

    static Life of(String[] arguments) {
      return new Life(
          arguments[0],
          URI.create(arguments[1]),
          Boolean.parseBoolean(arguments[2]),
          Integer.parseInt(arguments[3]),
          Integer.parseInt(arguments[4]),
          Long.parseLong(arguments[5]),
          FsyncPolicy.valueOf(arguments[6]),
          OverflowPolicy.valueOf(arguments[7]),
          Integer.parseInt(arguments[8]),
          arguments[9]);
    }
  }

  public static void main(String[] arguments) throws Exception {
    endWithParent();
    Life life = Life.of(arguments);
    EventPipeline pipeline = pipeline(life);
    FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    write(out, READY);
    if (life.report.isEmpty()) {
      emitUntilKilled(life, pipeline, out);
    } else {
      finish(life, pipeline, out);
    }
  }

  private static EventPipeline pipeline(Life life) {
    OtlpSettings settings = OtlpSettings.builder(life.endpoint).build();
    return EventPipeline.builder()
        .resource(
            Resource.create(
                Attributes.builder().put("service.instance.id", "process-" + life.process).build()))
        .journal(
            JournalSettings.onDisk(
                    DiskSettings.in(Path.of(life.directory))
                        .withFsync(life.fsync)
                        .withSyncInterval(Duration.ofMillis(5)))
                .withMaxEventSize(16 * 1024)
                .withSegmentSize(life.segmentSize)
                .withMaxSize(life.maxSize)
                .withOverflow(life.overflow)
                .withMaxBlock(Duration.ofMillis(20)))
        .delivery(
            DeliverySettings.defaults().toBuilder()
                .maxBatchSize(64 * 1024)
                .maxDelay(Duration.ofMillis(5))
                .backoff(Duration.ofMillis(10), Duration.ofMillis(50))
                .build())
        .destination(
            life.grpc ? OtlpGrpcDestination.create(settings) : OtlpHttpDestination.create(settings))
        .build();
  }

  private static void emitUntilKilled(Life life, EventPipeline pipeline, FileOutputStream out)
      throws InterruptedException {
    AtomicInteger numbers = new AtomicInteger();
    Thread[] threads = new Thread[THREADS];
    for (int i = 0; i < THREADS; i++) {
      threads[i] =
          new Thread(
              () -> {
                int number = numbers.getAndIncrement();
                while (number < MAX_EVENTS) {
                  emit(life, number, pipeline, out);
                  if (life.pauseMicros > 0) {
                    LockSupport.parkNanos(life.pauseMicros * 1_000L);
                  }
                  number = numbers.getAndIncrement();
                }
              });
      threads[i].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    Thread.sleep(Long.MAX_VALUE);
  }

  private static void emit(Life life, int number, EventPipeline pipeline, FileOutputStream out) {
    if (new NumberedEvent(life.process, number).emit(pipeline.emitter()).isAccepted()) {
      write(out, number);
    }
  }

  private static void finish(Life life, EventPipeline pipeline, FileOutputStream out)
      throws IOException {
    for (int i = 0; i < 100; i++) {
      emit(life, i, pipeline, out);
    }
    boolean complete = pipeline.flush(Duration.ofSeconds(120)).complete();
    Ledger.Snapshot ledger = pipeline.ledger().snapshot();
    pipeline.close(Duration.ofSeconds(5));
    boolean good = complete && ledger.isBalanced() && ledger.pending() == 0;
    Files.writeString(Path.of(life.report), (complete ? "" : "not flushed: ") + ledger);
    System.exit(good ? 0 : 1);
  }

  private static void write(FileOutputStream out, int number) {
    try {
      out.write(ByteBuffer.allocate(4).putInt(number).array());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
