package io.otlpevents.pipeline;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.sdk.resources.Resource;
import io.otlpevents.EventEmitter;
import io.otlpevents.EventEnricher;
import io.otlpevents.EventFilter;
import io.otlpevents.FlushResult;
import io.otlpevents.SpanSource;
import io.otlpevents.delivery.DeliverySettings;
import io.otlpevents.delivery.Destination;
import io.otlpevents.delivery.DestinationStatus;
import io.otlpevents.delivery.Dispatcher;
import io.otlpevents.delivery.RecordFilter;
import io.otlpevents.encode.EncoderSettings;
import io.otlpevents.encode.EventEncoder;
import io.otlpevents.encode.Origin;
import io.otlpevents.encode.PayloadCodec;
import io.otlpevents.encode.RedactionRule;
import io.otlpevents.journal.Journal;
import io.otlpevents.journal.JournalSettings;
import io.otlpevents.ledger.Ledger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A complete engine: an emitter, a journal, and a dispatcher for each destination.
 *
 * <pre>
 * emit ─► admit ─► encode ─► journal ─► dispatcher ─► destination
 *                                 (one each, with a cursor of its own)
 * </pre>
 *
 * <p>Safe for any number of threads.
 */
public final class EventPipeline implements AutoCloseable {

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final Ledger ledger = new Ledger();
  private final Journal journal;
  private final List<Dispatcher> dispatchers = new ArrayList<>();
  private final JournalingEventEmitter emitter;
  private final Receipts receipts;
  private final long journalBudget;
  private boolean closed;

  private EventPipeline(Builder builder) {
    Admission admission = builder.admission(this::journalFill);
    Origin origin = Origin.of(builder.resource, builder.scopeName, builder.scopeVersion);
    this.journalBudget = builder.journal.maxSize();
    this.journal = new Journal(builder.journal, origin.resource(), origin.scope());
    EventEncoder encoder =
        new EventEncoder(
            Journal.PREFIX,
            builder.journal.maxEventSize(),
            builder.encoding,
            builder.defaultAttributes,
            builder.clock,
            builder.spans);
    this.receipts = new Receipts(journal, dispatchers, builder.maxReceipts);
    this.emitter =
        new JournalingEventEmitter(
            ledger,
            journal,
            encoder,
            builder.minimumSeverity,
            builder.protectedSeverity,
            builder.admitsEverything() ? null : admission,
            admission,
            builder.mirrorToSpan,
            builder.nanoTime,
            this::flush,
            receipts);
    for (Feed feed : builder.feeds) {
      dispatchers.add(
          new Dispatcher(
              feed.destination,
              ledger,
              journal.openReader(feed.destination.name()),
              feed.delivery != null ? feed.delivery : builder.delivery,
              feed.filter));
    }
    dispatchers.forEach(Dispatcher::start);
  }

  /** Starts an engine with defaults, which needs a destination. */
  public static Builder builder() {
    return new Builder();
  }

  /** The emitter; always the same. */
  public EventEmitter emitter() {
    return emitter;
  }

  /** The counts of every event's fate. */
  public Ledger ledger() {
    return ledger;
  }

  /**
   * What keeps the journal from taking more room, in words, such as a full disk; null if nothing
   * does.
   */
  public @Nullable String journalTrouble() {
    return journal.trouble();
  }

  /** Whether events that are not delivered when this closes wait on disk for the next process. */
  public boolean isPersistent() {
    return journal.isPersistent();
  }

  /** How many bytes of its budget the journal has taken. */
  public long journalSize() {
    return journal.size();
  }

  /** How many bytes the journal may take. */
  public long journalBudget() {
    return journalBudget;
  }

  /** How many bytes of the journal the slowest destination has not finished with. */
  public long journalUsed() {
    long used = 0;
    for (Dispatcher dispatcher : dispatchers) {
      used = Math.max(used, dispatcher.status().pendingBytes());
    }
    return used;
  }

  /** How each destination is doing. */
  public List<DestinationStatus> destinations() {
    return dispatchers.stream().map(Dispatcher::status).toList();
  }

  /**
   * How full the journal is: the bytes that the slowest destination has not finished with, as a
   * share of the budget, from 0 to about 1.
   */
  public double journalFill() {
    return journal.fill();
  }

  /** See {@link EventEmitter#flush}. */
  public FlushResult flush(Duration timeout) {
    return flushUntil(System.nanoTime() + nanos(timeout));
  }

  private FlushResult flushUntil(long deadline) {
    long position = journal.tail();
    boolean complete = true;
    for (Dispatcher dispatcher : dispatchers) {
      complete &= dispatcher.flush(position, deadline);
    }
    return new FlushResult(complete, Math.max(0, ledger.snapshot().pending()));
  }

  /**
   * Takes no more events, delivers what is left within this time, then stops. What could not be
   * delivered stays on disk where the journal is there; otherwise it is counted as evicted, and
   * logged. Closing again has no effect.
   */
  public void close(Duration timeout) {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    long deadline = System.nanoTime() + nanos(timeout);
    journal.seal();
    flushUntil(deadline);
    dispatchers.forEach(Dispatcher::askToStop);
    for (Dispatcher dispatcher : dispatchers) {
      if (!dispatcher.stop(deadline)) {
        dispatcher.settleAnyway();
      }
    }
    journal.close();
    receipts.close();
    emitter.tellRejected();
  }

  /** {@linkplain #close(Duration) Closes} within 10 seconds. */
  @Override
  public void close() {
    close(CLOSE_TIMEOUT);
  }

  private static long nanos(Duration timeout) {
    try {
      return Math.max(0, timeout.toNanos());
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE / 2;
    }
  }

  private static long now() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }

  /** A destination and how it is fed; settings of its own or null for the engine's. */
  private record Feed(
      Destination destination, @Nullable DeliverySettings delivery, RecordFilter filter) {}

  /** Builds an {@link EventPipeline}; for one thread. */
  public static final class Builder {

    private final List<Feed> feeds = new ArrayList<>();
    private @Nullable Feed only;
    private Resource resource = Resource.getDefault();
    private String scopeName = "io.otlpevents";
    private @Nullable String scopeVersion =
        EventPipeline.class.getPackage().getImplementationVersion();
    private Attributes defaultAttributes = Attributes.empty();
    private Severity minimumSeverity = Severity.UNDEFINED_SEVERITY_NUMBER;
    private Severity protectedSeverity = Severity.FATAL;
    private JournalSettings journal = JournalSettings.defaults();
    private DeliverySettings delivery = DeliverySettings.defaults();
    private EncoderSettings encoding = EncoderSettings.defaults();
    private LongSupplier clock = EventPipeline::now;

    private @Nullable SpanSource spans;
    private boolean mirrorToSpan;
    private int maxReceipts = 100_000;

    private LongSupplier nanoTime = System::nanoTime;
    private LongSupplier random = () -> ThreadLocalRandom.current().nextLong();
    private final List<EventFilter> filters = new ArrayList<>();
    private final List<EventEnricher> enrichers = new ArrayList<>();
    private final List<SamplingRule> samplingRules = new ArrayList<>();
    private @Nullable AdaptiveSampling adaptiveSampling;

    private Builder() {}

    /** Sets what emits the events; OpenTelemetry's default resource unless set. */
    public Builder resource(Resource resource) {
      this.resource = Objects.requireNonNull(resource, "resource");
      return this;
    }

    /** Sets the instrumentation scope; this library unless set. */
    public Builder scope(String name, @Nullable String version) {
      this.scopeName = Objects.requireNonNull(name, "name");
      this.scopeVersion = version;
      return this;
    }

    /** Sets attributes that every event has unless it sets them itself. */
    public Builder defaultAttributes(Attributes attributes) {
      this.defaultAttributes = Objects.requireNonNull(attributes, "attributes");
      return this;
    }

    /** Sets the severity below which events are not admitted; none unless set. */
    public Builder minimumSeverity(Severity severity) {
      this.minimumSeverity = Objects.requireNonNull(severity, "severity");
      return this;
    }

    /**
     * Sets from which severity on events may use what the journal {@linkplain
     * JournalSettings#reservedSize reserves}; {@code FATAL} unless set. Security audit always may.
     */
    public Builder protectedSeverity(Severity severity) {
      this.protectedSeverity = Objects.requireNonNull(severity, "severity");
      return this;
    }

    /** Adds a filter; filters are asked in the order they were added, until one refuses. */
    public Builder filter(EventFilter filter) {
      this.filters.add(Objects.requireNonNull(filter, "filter"));
      return this;
    }

    /** Adds a rule for sampling; events that no rule matches are all kept. */
    public Builder sampling(SamplingRule rule) {
      this.samplingRules.add(Objects.requireNonNull(rule, "rule"));
      return this;
    }

    /** Switches on sampling under pressure; null, the default, switches it off. */
    public Builder adaptiveSampling(@Nullable AdaptiveSampling settings) {
      this.adaptiveSampling = settings;
      return this;
    }

    /** Adds an enricher; of two that add the same attribute, the one added first wins. */
    public Builder enricher(EventEnricher enricher) {
      this.enrichers.add(Objects.requireNonNull(enricher, "enricher"));
      return this;
    }

    /** Sets the journal's bounds. */
    public Builder journal(JournalSettings settings) {
      this.journal = Objects.requireNonNull(settings, "settings");
      return this;
    }

    /** Sets limits and the form of payloads, and replaces what the next two have set. */
    public Builder encoding(EncoderSettings settings) {
      this.encoding = Objects.requireNonNull(settings, "settings");
      return this;
    }

    /** Sets what must not be recorded; nothing unless set. */
    public Builder redaction(List<RedactionRule> rules) {
      this.encoding = encoding.withRedaction(rules);
      return this;
    }

    /** Sets what takes payload objects apart; Jackson 3 with defaults unless set. */
    public Builder payloadCodec(PayloadCodec codec) {
      this.encoding = encoding.withPayloadCodec(Objects.requireNonNull(codec, "codec"));
      return this;
    }

    /** Sets where events find their span; OpenTelemetry's context unless set. */
    public Builder spans(SpanSource source) {
      this.spans = Objects.requireNonNull(source, "source");
      return this;
    }

    /**
     * Sets whether an event that is accepted is also added to its span, if that is one of
     * OpenTelemetry's and records; it is not, unless set. Such a span event goes the way of the
     * span and is lost where that is not sampled. It has the record's name, time, and those
     * attributes that are text, numbers or booleans, redacted as in the record.
     */
    public Builder mirrorToSpan(boolean mirror) {
      this.mirrorToSpan = mirror;
      return this;
    }

    /**
     * Sets how many {@linkplain io.otlpevents.EventReceipt receipts} may wait at once; 100,000
     * unless set. What one says to whoever asks for more: {@link
     * io.otlpevents.TooManyReceiptsException}.
     *
     * @param limit from 0, for none
     */
    public Builder maxReceipts(int limit) {
      if (limit < 0) {
        throw new IllegalArgumentException("limit is " + limit);
      }
      this.maxReceipts = limit;
      return this;
    }

    /** Sets how destinations are fed. */
    public Builder delivery(DeliverySettings settings) {
      this.delivery = Objects.requireNonNull(settings, "settings");
      return this;
    }

    /** Adds a destination, fed with every event as {@link #delivery} says; the engine closes it. */
    public Builder destination(Destination destination) {
      this.feeds.add(
          new Feed(Objects.requireNonNull(destination, "destination"), null, RecordFilter.ALL));
      return this;
    }

    /**
     * Adds a destination that is fed in its own way; the engine closes it. It has a cursor of its
     * own in the journal, so it neither delays others nor is delayed by them; but what it has not
     * taken yet keeps its space in the journal.
     *
     * @param filter the events it gets, see {@link EventSelection}; others are counted as filtered
     */
    public Builder destination(
        Destination destination, DeliverySettings delivery, RecordFilter filter) {
      this.feeds.add(
          new Feed(
              Objects.requireNonNull(destination, "destination"),
              Objects.requireNonNull(delivery, "delivery"),
              Objects.requireNonNull(filter, "filter")));
      return this;
    }

    /**
     * Makes this the only destination, whatever was added before and will be added later: those are
     * closed and never fed. For tests, which look at events instead of sending them.
     */
    public Builder onlyDestination(Destination destination, DeliverySettings delivery) {
      this.only = new Feed(destination, delivery, RecordFilter.ALL);
      return this;
    }

    /** Sets the wall clock, in nanoseconds since 1970-01-01T00:00:00Z. */
    public Builder clock(LongSupplier epochNanos) {
      this.clock = Objects.requireNonNull(epochNanos, "epochNanos");
      return this;
    }

    /** Sets the clock of rate limits and of quiet periods in the log; monotonic, nanoseconds. */
    Builder nanoTime(LongSupplier nanoTime) {
      this.nanoTime = nanoTime;
      return this;
    }

    /** Sets what decides on sampling events without a span: uniformly distributed 64 bits. */
    Builder random(LongSupplier random) {
      this.random = random;
      return this;
    }

    /** Null unless something is configured, so that emitting pays for no more than a null check. */
    private Admission admission(DoubleSupplier fill) {
      return new Admission(
          filters,
          new Sampling(samplingRules, adaptiveSampling, fill, random, nanoTime),
          enrichers,
          nanoTime);
    }

    private boolean admitsEverything() {
      return samplingRules.isEmpty()
          && adaptiveSampling == null
          && filters.isEmpty()
          && enrichers.isEmpty();
    }

    /**
     * Starts the engine.
     *
     * @throws IllegalStateException if there is no destination, or two have the same name
     * @throws IllegalArgumentException if two sampling rules have the same pattern
     */
    public EventPipeline build() {
      Feed alone = only;
      if (alone != null) {
        feeds.stream()
            .map(Feed::destination)
            .filter(destination -> destination != alone.destination)
            .forEach(Destination::close);
        feeds.clear();
        feeds.add(alone);
      }
      if (feeds.isEmpty()) {
        throw new IllegalStateException("an engine needs a destination");
      }
      Set<String> names = new HashSet<>();
      for (Feed feed : feeds) {
        if (!names.add(feed.destination.name())) {
          throw new IllegalStateException("two destinations are named " + feed.destination.name());
        }
      }
      return new EventPipeline(this);
    }
  }
}
