package io.otlpevents.benchmarks;

import io.otlpevents.benchmarks.AspectServices.Order;
import io.otlpevents.benchmarks.AspectServices.Service;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Calls a method of a Spring bean inside a span: bare behind a proxy that does nothing, and with an
 * annotation that records the call. What is recorded goes through everything up to a destination or
 * exporter that throws batches away at once.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 3,
    jvmArgsAppend = {"-Xms1g", "-Xmx1g", "-XX:+UseG1GC"})
public class AspectBenchmark {

  private static final int ORDERS = 64;

  /** How the call is recorded. */
  @Param({"BARE", "EMIT_EVENT", "WITH_SPAN", "OBSERVED"})
  public AspectServices.Kind kind = AspectServices.Kind.BARE;

  private final Order[] orders = new Order[ORDERS];
  private AspectServices services = AspectServices.none();
  private Service service = services.service();
  private io.opentelemetry.context.Scope span = io.opentelemetry.context.Scope.noop();

  @Setup
  public void start() {
    for (int i = 0; i < ORDERS; i++) {
      orders[i] = new Order("o-" + (100_000 + i), "customer-" + i, i * 1.25);
    }
    services = AspectServices.start(kind);
    service = services.service();
  }

  @Setup(Level.Iteration)
  @SuppressWarnings("MustBeClosedChecker") // closed at the end of the iteration
  public void begin() {
    span = SampleEvent.spanContext().makeCurrent();
  }

  @Benchmark
  public Order call(Caller caller) {
    Order order = orders[(int) caller.next++ & ORDERS - 1];
    return service.place(order.id(), order.customer(), order.total(), order);
  }

  @TearDown(Level.Iteration)
  public void end() {
    span.close();
  }

  @TearDown
  public void stop() {
    services.close();
  }

  /** What the calling thread has allocated in an iteration. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Caller {

    /** In bytes. */
    public long bytes;

    /** In as many calls. */
    public long calls;

    private long next;
    private long first;
    private long before;

    @Setup(Level.Iteration)
    public void begin() {
      first = next;
      before = Meter.callerBytes();
    }

    @TearDown(Level.Iteration)
    public void end() {
      bytes = Meter.callerBytes() - before;
      calls = next - first;
    }
  }
}
