package io.otlpevents.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc;
import io.otlpevents.console.OtlpReceiver.Subscription;
import io.otlpevents.console.ReceiverBindException.Listener;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class OtlpReceiverIntegrationTests {

  /** Longer than the limit of a test: who waits that long has missed the event. */
  private static final Duration LONG = Duration.ofMinutes(5);

  private final OtlpReceiver receiver =
      OtlpReceiver.builder().grpcPort(0).httpPort(0).maxEvents(3).build();
  private ManagedChannel channel;

  @AfterEach
  void stop() throws Exception {
    if (channel != null) {
      channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }
    receiver.close();
  }

  @Test
  void listensBetweenStartAndClose() throws Exception {
    assertThat(receiver.isRunning()).isFalse();
    assertThatThrownBy(receiver::grpcPort).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(receiver::httpPort).isInstanceOf(IllegalStateException.class);

    receiver.start();
    assertThat(receiver.isRunning()).isTrue();
    int grpcPort = receiver.grpcPort();
    int httpPort = receiver.httpPort();
    send("a");
    assertThatThrownBy(receiver::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("running");

    receiver.close();
    receiver.close();
    assertThat(receiver.isRunning()).isFalse();
    assertThat(receiver.events()).hasSize(1);
    assertThatThrownBy(receiver::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    try (OtlpReceiver successor =
        OtlpReceiver.builder().grpcPort(grpcPort).httpPort(httpPort).build().start()) {
      assertThat(successor.grpcPort()).isEqualTo(grpcPort);
      assertThat(successor.httpPort()).isEqualTo(httpPort);
    }
  }

  @Test
  void tellsWhichPortIsInUseAndLeavesNoneOpen() throws Exception {
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    try (ServerSocket taken = new ServerSocket(0, 1, loopback)) {
      ReceiverBindException grpc =
          catchThrowableOfType(
              ReceiverBindException.class,
              () ->
                  OtlpReceiver.builder()
                      .grpcPort(taken.getLocalPort())
                      .httpPort(0)
                      .build()
                      .start());
      assertThat(grpc.listener()).isEqualTo(Listener.GRPC);
      assertThat(grpc.port()).isEqualTo(taken.getLocalPort());
      assertThat(grpc.host()).isEqualTo("127.0.0.1");

      int free;
      try (ServerSocket probe = new ServerSocket(0, 1, loopback)) {
        free = probe.getLocalPort();
      }
      ReceiverBindException http =
          catchThrowableOfType(
              ReceiverBindException.class,
              () ->
                  OtlpReceiver.builder()
                      .grpcPort(free)
                      .httpPort(taken.getLocalPort())
                      .build()
                      .start());
      assertThat(http.listener()).isEqualTo(Listener.HTTP);
      try (ServerSocket again = new ServerSocket()) {
        again.bind(new InetSocketAddress(loopback, free));
        assertThat(again.isBound()).isTrue();
      }
    }
  }

  @Test
  void hasDaemonThreadsOnly() throws Exception {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    receiver.start();
    CompletableFuture<Boolean> receivesOnDaemon = new CompletableFuture<>();
    receiver.onEvent(event -> receivesOnDaemon.complete(Thread.currentThread().isDaemon()));
    send("a");

    assertThat(receivesOnDaemon.get(20, TimeUnit.SECONDS)).isTrue();
    assertThat(Thread.getAllStackTraces().keySet())
        .filteredOn(thread -> !before.contains(thread))
        .isNotEmpty()
        .allSatisfy(thread -> assertThat(thread.isDaemon()).as(thread.getName()).isTrue());
  }

  @Test
  void awaitsANumberOfEvents() throws Exception {
    receiver.start();
    CompletableFuture<Void> sender =
        CompletableFuture.runAsync(
            () -> {
              send("a");
              send("b", "c");
            });

    assertThat(receiver.await(3, LONG))
        .extracting(ReceivedEvent::eventName)
        .containsExactly("a", "b", "c");
    sender.get(20, TimeUnit.SECONDS);
  }

  @Test
  void awaitsEvictedEventsToo() throws Exception {
    receiver.start();
    send("a", "b", "c", "d", "e");

    assertThat(receiver.await(5, LONG))
        .extracting(ReceivedEvent::eventName)
        .containsExactly("c", "d", "e");
  }

  @Test
  void saysWhatArrivedWhenTooFewDo() {
    receiver.start();
    send("a", "b");

    assertThatThrownBy(() -> receiver.await(3, Duration.ofMillis(1)))
        .isInstanceOf(TimeoutException.class)
        .hasMessageContaining("2 of 3")
        .hasMessageContaining("[a, b]");
  }

  @Test
  void countsAnewAfterClearing() throws Exception {
    receiver.start();
    send("a", "b");
    receiver.clear();

    assertThatThrownBy(() -> receiver.await(1, Duration.ZERO)).isInstanceOf(TimeoutException.class);
    send("c");
    assertThat(receiver.await(1, Duration.ZERO))
        .extracting(ReceivedEvent::eventName)
        .containsExactly("c");
  }

  @Test
  void awaitsAMatchAmongStoredAndComingEvents() throws Exception {
    receiver.start();
    send("a", "b");
    assertThat(receiver.await(event -> event.eventName().equals("b"), Duration.ZERO).sequence())
        .isEqualTo(2);

    CountDownLatch seenStored = new CountDownLatch(2);
    CompletableFuture<Void> sender =
        CompletableFuture.runAsync(
            () -> {
              awaitUninterruptibly(seenStored);
              send("c");
              send("d");
            });
    ReceivedEvent match =
        receiver.await(
            event -> {
              seenStored.countDown();
              return event.eventName().equals("d");
            },
            LONG);
    assertThat(match.sequence()).isEqualTo(4);
    sender.get(20, TimeUnit.SECONDS);
  }

  @Test
  void saysWhatArrivedWhenNothingMatches() {
    receiver.start();
    send("a");

    assertThatThrownBy(() -> receiver.await(event -> false, Duration.ofMillis(1)))
        .isInstanceOf(TimeoutException.class)
        .hasMessageContaining("[a]");
  }

  @Test
  void callsListenersUntilTheyLeave() {
    receiver.start();
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    Subscription subscription = receiver.onEvent(event -> heard.add(event.eventName()));
    send("a", "b");
    assertThat(heard).containsExactly("a", "b");

    subscription.close();
    send("c");
    assertThat(heard).containsExactly("a", "b");
  }

  @Test
  void answersTheSenderWhenAListenerFails() {
    receiver.start();
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    receiver.onEvent(
        event -> {
          throw new IllegalStateException("thrown on purpose by a test");
        });
    receiver.onEvent(event -> heard.add(event.eventName()));

    send("a", "b");
    assertThat(heard).containsExactly("a", "b");
  }

  private void send(String... names) {
    if (channel == null) {
      channel =
          ManagedChannelBuilder.forAddress("127.0.0.1", receiver.grpcPort()).usePlaintext().build();
    }
    LogsServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .export(Exports.named(names));
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      if (!latch.await(20, TimeUnit.SECONDS)) {
        throw new IllegalStateException("The stored events were not looked at");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
