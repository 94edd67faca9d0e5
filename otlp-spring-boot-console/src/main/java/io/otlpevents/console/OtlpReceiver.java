package io.otlpevents.console;

import io.otlpevents.console.ReceiverBindException.Listener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Receives OpenTelemetry log records over OTLP/gRPC and OTLP/HTTP (Protobuf and JSON, each also
 * compressed with gzip) and keeps the newest ones in memory. It is made for development and tests:
 * there is no authentication, and by default only this machine can reach it.
 *
 * <pre>{@code
 * try (OtlpReceiver receiver = OtlpReceiver.builder().grpcPort(0).httpPort(0).build().start()) {
 *   // send to receiver.grpcPort() or receiver.httpPort()
 *   List<ReceivedEvent> events = receiver.await(3, Duration.ofSeconds(5));
 * }
 * }</pre>
 *
 * <p>The HTTP port also lists what was received: {@code GET /events} as a JSON array with the
 * newest last, filtered by {@code name} and {@code trace} and cut to the newest {@code limit}, and
 * {@code GET /stats}.
 *
 * <p>Everything is bounded. When the store is full the oldest records are evicted and counted. A
 * request that is too large, before or after decompression, is refused with 413 or {@code
 * RESOURCE_EXHAUSTED}; malformed ones are refused with 400 or {@code INVALID_ARGUMENT}; nothing of
 * a refused request is stored. Bound to the loopback interface, HTTP requests whose Host header
 * names anything else are refused with 403, so that a web page cannot read the events.
 *
 * <p>HTTP is served by the JDK's own server. Its system property {@code sun.net.httpserver.nodelay}
 * is set to {@code true} when it has no value yet, because answers are delayed by 40 ms otherwise.
 *
 * <p>A receiver starts once and closes once. All methods are safe for use by any thread; its own
 * threads are daemons.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/">OTLP specification</a>
 */
public final class OtlpReceiver implements AutoCloseable {

  private final String host;
  private final int requestedGrpcPort;
  private final int requestedHttpPort;
  private final int maxRequestBytes;
  private final EventStore store;
  private final Intake intake;

  // Guarded by this.
  private State state = State.NEW;
  private @Nullable GrpcEndpoint grpc;
  private @Nullable HttpEndpoint http;

  private OtlpReceiver(Builder builder) {
    this.host = builder.host;
    this.requestedGrpcPort = builder.grpcPort;
    this.requestedHttpPort = builder.httpPort;
    this.maxRequestBytes = builder.maxRequestBytes;
    this.store = new EventStore(builder.maxEvents, builder.maxBytes);
    this.intake = new Intake(store, builder.clock);
  }

  /** A builder with the defaults that its methods name. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Starts to listen; both ports accept connections when this returns.
   *
   * @return this receiver
   * @throws ReceiverBindException if the host is unknown or a port is in use; then neither port is
   *     left open, and this may be called again
   * @throws IllegalStateException if it runs already or is closed
   */
  public synchronized OtlpReceiver start() {
    if (state != State.NEW) {
      throw new IllegalStateException("The OTLP receiver is " + state);
    }
    GrpcEndpoint startedGrpc;
    try {
      startedGrpc = GrpcEndpoint.start(address(requestedGrpcPort), maxRequestBytes, intake);
    } catch (IOException e) {
      throw new ReceiverBindException(Listener.GRPC, host, requestedGrpcPort, e);
    }
    try {
      http = HttpEndpoint.start(address(requestedHttpPort), maxRequestBytes, intake, store);
    } catch (IOException e) {
      startedGrpc.close();
      throw new ReceiverBindException(Listener.HTTP, host, requestedHttpPort, e);
    }
    grpc = startedGrpc;
    state = State.RUNNING;
    return this;
  }

  /** Whether it listens: true between {@link #start()} and {@link #close()}. */
  public synchronized boolean isRunning() {
    return state == State.RUNNING;
  }

  /** The host it listens on, as it was given to the builder. */
  public String host() {
    return host;
  }

  /**
   * The port of OTLP/gRPC.
   *
   * @throws IllegalStateException if it does not run
   */
  public synchronized int grpcPort() {
    return running(grpc).port();
  }

  /**
   * The port of OTLP/HTTP and of the listing.
   *
   * @throws IllegalStateException if it does not run
   */
  public synchronized int httpPort() {
    return running(http).port();
  }

  /** The stored events, oldest first, as an immutable list; also after {@link #close()}. */
  public List<ReceivedEvent> events() {
    return store.events();
  }

  /** What was counted so far; also after {@link #close()}. */
  public ReceiverStats stats() {
    return store.stats();
  }

  /**
   * Waits until so many events have arrived since the start or the last {@link #clear()}, evicted
   * ones included. Closing the receiver does not end the wait.
   *
   * @param timeout the longest wait; zero only looks
   * @return the events stored then, which may be more, or fewer if some were evicted
   * @throws TimeoutException if fewer arrived in time; the message says how many
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public List<ReceivedEvent> await(int count, Duration timeout)
      throws InterruptedException, TimeoutException {
    long arrived = store.awaitArrivals(count, nanos(timeout));
    if (arrived < count) {
      throw new TimeoutException(
          arrived + " of " + count + " events arrived within " + timeout + ": " + names());
    }
    return store.events();
  }

  /**
   * Waits until an event matches, looking first at those that are stored and then at each that
   * arrives. An event that is evicted before this thread has seen it is missed.
   *
   * @param matcher called on this thread, once for each event
   * @param timeout the longest wait; zero only looks at what is stored
   * @return the oldest event that matches
   * @throws TimeoutException if none arrived in time; the message names those that are stored
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public ReceivedEvent await(Predicate<? super ReceivedEvent> matcher, Duration timeout)
      throws InterruptedException, TimeoutException {
    long deadlineNanos = System.nanoTime() + nanos(timeout);
    long seen = 0;
    do {
      for (ReceivedEvent event : store.eventsAfter(seen)) {
        if (matcher.test(event)) {
          return event;
        }
        seen = event.sequence();
      }
    } while (store.awaitSequenceAfter(seen, deadlineNanos - System.nanoTime()));
    throw new TimeoutException("No event matched within " + timeout + ": " + names());
  }

  /**
   * Calls a listener for each event that arrives from now on, in the order of its request, after it
   * was stored and before the sender gets its answer. Requests that arrive at the same time call it
   * from several threads at once. A slow listener slows the senders down; what it throws is logged
   * and does not reach them.
   *
   * @return ends the subscription
   */
  public Subscription onEvent(Consumer<? super ReceivedEvent> listener) {
    // Its own object, so that a listener which was added twice is removed once.
    Consumer<ReceivedEvent> subscriber = listener::accept;
    intake.add(subscriber);
    return () -> intake.remove(subscriber);
  }

  /** Forgets the stored events. The counts of {@link #stats()} go on. */
  public void clear() {
    store.clear();
  }

  /**
   * Stops to listen. Requests in progress have up to a second for each protocol to finish; the
   * ports are free afterwards. Closing again does nothing.
   */
  @Override
  public synchronized void close() {
    state = State.CLOSED;
    if (http != null) {
      http.close();
      http = null;
    }
    if (grpc != null) {
      grpc.close();
      grpc = null;
    }
  }

  private InetSocketAddress address(int port) throws IOException {
    return new InetSocketAddress(InetAddress.getByName(host), port);
  }

  private <T> T running(@Nullable T endpoint) {
    if (endpoint == null) {
      throw new IllegalStateException("The OTLP receiver is " + state);
    }
    return endpoint;
  }

  private List<String> names() {
    return store.events().stream().map(ReceivedEvent::eventName).toList();
  }

  /** Durations of centuries do not fit into nanoseconds; nobody waits that long. */
  private static long nanos(Duration timeout) {
    Duration longest = Duration.ofDays(365);
    return (timeout.compareTo(longest) < 0 ? timeout : longest).toNanos();
  }

  private enum State {
    NEW("not started"),
    RUNNING("running"),
    CLOSED("closed");

    private final String text;

    State(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** Ends a subscription when it is closed; calls that are under way still finish. */
  @FunctionalInterface
  public interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /** Configures a receiver. Not safe for use by several threads. */
  public static final class Builder {

    private static final int MAX_PORT = 65_535;

    private String host = "127.0.0.1";
    private int grpcPort = 4317;
    private int httpPort = 4318;
    private int maxEvents = 10_000;
    private long maxBytes = 32L * 1024 * 1024;
    private int maxRequestBytes = 16 * 1024 * 1024;
    private Clock clock = Clock.systemUTC();

    private Builder() {}

    /**
     * The host name or address to listen on, {@code 127.0.0.1} by default. With any other than a
     * loopback address, everyone who can reach it can read the events.
     *
     * @throws IllegalArgumentException if it is blank
     */
    public Builder host(String host) {
      if (Objects.requireNonNull(host, "host").isBlank()) {
        throw new IllegalArgumentException("host must not be blank");
      }
      this.host = host;
      return this;
    }

    /**
     * The port of OTLP/gRPC, 4317 by default; 0 means any free one.
     *
     * @throws IllegalArgumentException if it is not within 0 and 65535
     */
    public Builder grpcPort(int grpcPort) {
      this.grpcPort = port("grpcPort", grpcPort);
      return this;
    }

    /**
     * The port of OTLP/HTTP and of the listing, 4318 by default; 0 means any free one.
     *
     * @throws IllegalArgumentException if it is not within 0 and 65535
     */
    public Builder httpPort(int httpPort) {
      this.httpPort = port("httpPort", httpPort);
      return this;
    }

    /**
     * How many events are kept, 10,000 by default.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder maxEvents(int maxEvents) {
      this.maxEvents = (int) positive("maxEvents", maxEvents);
      return this;
    }

    /**
     * How many bytes the kept events may have in their encoded form, 32 MiB by default. In the heap
     * they take several times as much.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder maxBytes(long maxBytes) {
      this.maxBytes = positive("maxBytes", maxBytes);
      return this;
    }

    /**
     * How many bytes one request may have, both compressed and decompressed, 16 MiB by default.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder maxRequestBytes(int maxRequestBytes) {
      this.maxRequestBytes = (int) positive("maxRequestBytes", maxRequestBytes);
      return this;
    }

    /** Tells the time of arrival; the system's clock by default. */
    public Builder clock(Clock clock) {
      this.clock = Objects.requireNonNull(clock, "clock");
      return this;
    }

    /** A receiver that does not listen yet. */
    public OtlpReceiver build() {
      return new OtlpReceiver(this);
    }

    private static int port(String name, int port) {
      if (port < 0 || port > MAX_PORT) {
        throw new IllegalArgumentException(name + " must be within 0 and " + MAX_PORT);
      }
      return port;
    }

    private static long positive(String name, long value) {
      if (value <= 0) {
        throw new IllegalArgumentException(name + " must be positive");
      }
      return value;
    }
  }
}
