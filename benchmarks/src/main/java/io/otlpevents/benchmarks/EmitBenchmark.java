package io.otlpevents.benchmarks;

import io.otlpevents.EmitResult;
import io.otlpevents.journal.FsyncPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.runner.IterationType;

/**
 * Emits {@link SampleEvent} inside a span, into something that throws batches away at once.
 *
 * <p>The engine encodes each event completely and drops none; the peer only queues a reference, and
 * drops what its queue has no room for. That is why each result is only half of the story without
 * the share of events that survived, which {@link EmitTally} keeps.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 3,
    jvmArgsAppend = {"-Xms1g", "-Xmx1g", "-XX:+UseG1GC"})
public class EmitBenchmark {

  private static final Duration FLUSH = Duration.ofSeconds(30);

  // Over all threads and iterations of this fork.
  private static final LongAdder EMITTED = new LongAdder();
  private static final LongAdder MEASURED = new LongAdder();
  private static final LongAdder BYTES = new LongAdder();
  private static final LongAdder CPU_NANOS = new LongAdder();

  @Benchmark
  public EmitResult engine(Engine engine, Emitter emitter) {
    return SampleEvent.emit(engine.client.emitter(), emitter.number++);
  }

  @Benchmark
  public EmitResult engineDisk(EngineOnDisk engine, Emitter emitter) {
    return SampleEvent.emit(engine.client.emitter(), emitter.number++);
  }

  @Benchmark
  public EmitResult engineRecord(Engine engine, Emitter emitter) {
    return SampleEvent.emitRecord(engine.client.emitter(), emitter.number++);
  }

  @Benchmark
  public void blrp(Blrp blrp, Emitter emitter) {
    blrp.client.emit(emitter.number++);
  }

  @Benchmark
  public void blrpTuned(BlrpTuned blrp, Emitter emitter) {
    blrp.client.emit(emitter.number++);
  }

  /** The engine with the overflow policy {@code block}. */
  @State(Scope.Benchmark)
  public static class Engine {

    final EngineClient client = EngineClient.discarding();

    @TearDown(Level.Trial)
    public void close(BenchmarkParams params) throws IOException {
      finish(client, params);
    }
  }

  /** The same with its journal in files, written to the device when the system wishes. */
  @State(Scope.Benchmark)
  public static class EngineOnDisk {

    final EngineClient client =
        EngineClient.discarding(EngineClient.onDisk(directory(), FsyncPolicy.OS));

    private static Path directory() {
      String folder = System.getProperty(EmitTally.FOLDER, System.getProperty("java.io.tmpdir"));
      return Path.of(folder).resolve("journal-" + ProcessHandle.current().pid());
    }

    @TearDown(Level.Trial)
    public void close(BenchmarkParams params) throws IOException {
      finish(client, params);
    }
  }

  /** OpenTelemetry's batch processor as it comes. */
  @State(Scope.Benchmark)
  public static class Blrp {

    final BatchProcessorClient client = BatchProcessorClient.discarding(false);

    @TearDown(Level.Trial)
    public void close(BenchmarkParams params) throws IOException {
      finish(client, params);
    }
  }

  /** OpenTelemetry's batch processor with a queue of 65,536 and batches of 2,048. */
  @State(Scope.Benchmark)
  public static class BlrpTuned {

    final BatchProcessorClient client = BatchProcessorClient.discarding(true);

    @TearDown(Level.Trial)
    public void close(BenchmarkParams params) throws IOException {
      finish(client, params);
    }
  }

  private static void finish(Client client, BenchmarkParams params) throws IOException {
    client.flush(FLUSH);
    EmitTally tally =
        new EmitTally(
            EMITTED.sumThenReset(),
            client.delivered(),
            MEASURED.sumThenReset(),
            BYTES.sumThenReset(),
            CPU_NANOS.sumThenReset());
    client.close();
    tally.write(params);
  }

  /** An emitting thread: its span, how much it emits and what it allocates. */
  @State(Scope.Thread)
  public static class Emitter {

    long number;

    private long first;
    private long bytes;
    private long cpuNanos;
    private io.opentelemetry.context.Scope span = io.opentelemetry.context.Scope.noop();

    @Setup(Level.Iteration)
    @SuppressWarnings("MustBeClosedChecker") // closed at the end of the iteration
    public void begin() {
      span = SampleEvent.spanContext().makeCurrent();
      first = number;
      bytes = Meter.callerBytes();
      cpuNanos = Meter.callerCpuNanos();
    }

    @TearDown(Level.Iteration)
    public void end(IterationParams params) {
      long cpu = Meter.callerCpuNanos() - cpuNanos;
      long allocated = Meter.callerBytes() - bytes;
      span.close();
      EMITTED.add(number - first);
      if (params.getType() == IterationType.MEASUREMENT) {
        MEASURED.add(number - first);
        BYTES.add(allocated);
        CPU_NANOS.add(cpu);
      }
    }
  }
}
