package io.otlpevents.autoconfigure;

import io.otlpevents.EventEmitter;
import io.otlpevents.FlushResult;
import io.otlpevents.pipeline.EventPipeline;
import java.time.Duration;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.SmartLifecycle;

/**
 * Owns the pipeline and ties it to the application's life. Stops after everything else has stopped:
 * it flushes then, and goes on accepting events until it is destroyed, so that beans which emit
 * while they are destroyed are heard. Flush and close together take no longer than the shutdown
 * time-out.
 */
public final class ManagedEventPipeline implements SmartLifecycle, DisposableBean {

  /** Starts before and stops after web servers, message listeners and schedulers. */
  public static final int PHASE = Integer.MIN_VALUE + 1000;

  private static final Log log = LogFactory.getLog(ManagedEventPipeline.class);

  private final EventPipeline pipeline;
  private final Duration shutdownTimeout;
  private volatile boolean running;
  private volatile Duration remaining;

  /**
   * Creates the owner of a pipeline.
   *
   * @param pipeline closed when this is destroyed
   * @param shutdownTimeout how long flush and close may take together; zero for no waiting
   */
  public ManagedEventPipeline(EventPipeline pipeline, Duration shutdownTimeout) {
    this.pipeline = pipeline;
    this.shutdownTimeout = shutdownTimeout;
    this.remaining = shutdownTimeout;
  }

  /** Emits into the pipeline. */
  public EventEmitter emitter() {
    return pipeline.emitter();
  }

  /** The pipeline. Leave closing it to the application context. */
  public EventPipeline pipeline() {
    return pipeline;
  }

  @Override
  public void start() {
    remaining = shutdownTimeout;
    running = true;
  }

  @Override
  public void stop() {
    long start = System.nanoTime();
    FlushResult flushed = pipeline.flush(shutdownTimeout);
    Duration left = shutdownTimeout.minusNanos(System.nanoTime() - start);
    remaining = left.isNegative() ? Duration.ZERO : left;
    running = false;
    if (!flushed.complete()) {
      log.warn(
          flushed.pending()
              + " events were not delivered within otlp.events.shutdown-timeout="
              + shutdownTimeout.toMillis()
              + "ms"
              + (pipeline.isPersistent() ? " and wait on disk for the next start" : "")
              + ". Is the receiver at otlp.endpoint running?");
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Pausing a context, as tests do between classes, is no reason to wait for delivery. */
  @Override
  public boolean isPauseable() {
    return false;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }

  @Override
  public void destroy() {
    pipeline.close(remaining);
  }
}
