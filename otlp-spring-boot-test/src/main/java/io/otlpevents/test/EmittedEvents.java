package io.otlpevents.test;

import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.otlpevents.EventEmitter;
import io.otlpevents.journal.JournalSettings;
import io.otlpevents.ledger.Ledger;
import io.otlpevents.pipeline.EventPipeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.assertj.core.api.AssertProvider;
import org.jspecify.annotations.Nullable;

/**
 * The events that a test has emitted, in the order in which they would leave the application:
 * decoded from the OTLP bytes, after filters, sampling, redaction and limits.
 *
 * <p>Obtained as a parameter with {@link RecordEvents}, or from {@link #recording()} without any
 * framework. AssertJ's {@code assertThat} knows it:
 *
 * <pre>{@code
 * assertThat(events).hasEvent("order.placed").withAttribute("order.id", "o-1");
 * }</pre>
 *
 * <p>Every look at the events waits until what was emitted before it has arrived. Safe for any
 * number of threads.
 */
public final class EmittedEvents implements AssertProvider<EmittedEventsAssert>, AutoCloseable {

  private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(10);

  private final EventPipeline pipeline;
  private final RecordingDestination destination;
  private final boolean ownsPipeline;
  private final String marker = UUID.randomUUID().toString();
  private Ledger.Snapshot before;
  private int start;
  private @Nullable List<EmittedEvent> ended;

  private EmittedEvents(
      EventPipeline pipeline, RecordingDestination destination, boolean ownsPipeline) {
    this.pipeline = pipeline;
    this.destination = destination;
    this.ownsPipeline = ownsPipeline;
    // In this order: what is emitted from now on is marked, what was before is not looked at.
    destination.openWindow();
    flush();
    this.start = destination.position();
    this.before = pipeline.ledger().snapshot();
  }

  /**
   * Starts a pipeline with default settings that keeps its events. To be closed.
   *
   * @see #emitter()
   */
  public static EmittedEvents recording() {
    return recording(builder -> {});
  }

  /**
   * Starts a pipeline that keeps its events. To be closed.
   *
   * @param settings adds filters, redaction or limits; destinations it adds are closed and not used
   */
  public static EmittedEvents recording(Consumer<EventPipeline.Builder> settings) {
    RecordingDestination destination = new RecordingDestination();
    EventPipeline.Builder builder =
        EventPipeline.builder().journal(JournalSettings.defaults().withMaxSize(16L << 20));
    settings.accept(builder);
    builder.onlyDestination(destination, RecordingDestination.DELIVERY);
    return new EmittedEvents(builder.build(), destination, true);
  }

  /** Looks at what a pipeline emits from now on. */
  static EmittedEvents of(EventPipeline pipeline, RecordingDestination destination) {
    return new EmittedEvents(pipeline, destination, false);
  }

  /** Emits into the pipeline whose events these are. */
  public EventEmitter emitter() {
    return pipeline.emitter();
  }

  /** All events so far. */
  public List<EmittedEvent> all() {
    flush();
    return arrived();
  }

  /** The events with this name. */
  public List<EmittedEvent> named(String name) {
    return all().stream().filter(event -> event.name().equals(name)).toList();
  }

  /**
   * The only event with this name.
   *
   * @throws AssertionError if there is none, or more than one
   */
  public EmittedEvent single(String name) {
    new EmittedEventsAssert(this).named(name).count(1);
    return named(name).get(0);
  }

  /** All events so far for assertions of OpenTelemetry. */
  public List<LogRecordData> asLogRecordData() {
    return all().stream().map(EmittedEvent::asLogRecordData).toList();
  }

  /** Forgets the events so far. */
  public void clear() {
    flush();
    synchronized (this) {
      start += destination.from(start).size();
      before = pipeline.ledger().snapshot();
    }
  }

  /** What AssertJ calls. */
  @Override
  @Deprecated
  public EmittedEventsAssert assertThat() {
    return new EmittedEventsAssert(this);
  }

  /** Ends recording; a pipeline that {@link #recording} has started is closed. */
  @Override
  public void close() {
    synchronized (this) {
      if (ended != null) {
        return;
      }
    }
    List<EmittedEvent> last = all();
    synchronized (this) {
      ended = last;
    }
    destination.closeWindow();
    if (ownsPipeline) {
      pipeline.close();
    }
  }

  @Override
  public String toString() {
    return Descriptions.list(all());
  }

  /** The mark of events that are emitted in this test's context. */
  String marker() {
    return marker;
  }

  /** Words about what was emitted but will not be sent; empty for nothing. */
  synchronized String losses() {
    return Descriptions.losses(before, pipeline.ledger().snapshot());
  }

  /**
   * Waits until more than this many events have arrived, or the time is up.
   *
   * @param deadline as of {@link System#nanoTime()}
   * @return whether it is worth looking again
   */
  boolean awaitNews(int seen, long deadline) {
    int from;
    synchronized (this) {
      from = start;
    }
    try {
      return destination.awaitMoreThan(from + seen, deadline);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** How many events have arrived, those of other tests included. */
  synchronized int arrivedCount() {
    return ended != null ? ended.size() : destination.from(start).size();
  }

  private synchronized List<EmittedEvent> arrived() {
    return ended != null ? ended : ofThisTest(destination.from(start));
  }

  private void flush() {
    synchronized (this) {
      if (ended != null) {
        return;
      }
    }
    if (!pipeline.flush(FLUSH_TIMEOUT).complete()) {
      throw new AssertionError(
          "The events did not arrive within " + FLUSH_TIMEOUT.toSeconds() + "s");
    }
  }

  /** Leaves out what belongs to tests that run at the same time. */
  private List<EmittedEvent> ofThisTest(List<EmittedEvent> events) {
    Set<String> own = new HashSet<>();
    Set<String> foreign = new HashSet<>();
    for (EmittedEvent event : events) {
      if (event.marker() != null && !event.traceId().isEmpty()) {
        (marker.equals(event.marker()) ? own : foreign).add(event.traceId());
      }
    }
    List<EmittedEvent> selected = new ArrayList<>();
    for (EmittedEvent event : events) {
      boolean mine =
          event.marker() != null
              ? marker.equals(event.marker())
              : own.contains(event.traceId()) || !foreign.contains(event.traceId());
      if (mine) {
        selected.add(event);
      }
    }
    return List.copyOf(selected);
  }
}
