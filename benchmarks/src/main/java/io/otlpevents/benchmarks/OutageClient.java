package io.otlpevents.benchmarks;

import io.opentelemetry.context.Context;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/** The child process of {@link OutageHarness}: emits numbered events at a steady rate. */
final class OutageClient {

  static final String EMITTING = "EMITTING ";
  static final String RESULT = "RESULT ";
  static final String EMITTED = "EMITTED ";

  private OutageClient() {}

  public static void main(String[] args) throws IOException {
    ParentWatch.start();
    Options options =
        Options.parse(
            args,
            "contestant",
            "protocol",
            "endpoint",
            "rate",
            "seconds",
            "flush-seconds",
            "acknowledged");
    int rate = options.number("rate", 2_000, 1, 100_000);
    int events = rate * options.number("seconds", 30, 1, 600);
    AcknowledgedNumbers acknowledged = new AcknowledgedNumbers();
    Client client =
        DeliveryClient.open(
            Contestant.of(options.text("contestant", "engine")),
            Protocol.of(options.text("protocol", "grpc")),
            URI.create(options.text("endpoint", "")),
            acknowledged);
    Context span = SampleEvent.spanContext();
    System.out.println(EMITTING + events);
    span.wrap(() -> emit(client, rate, events)).run();
    System.out.println(EMITTED + events);
    long start = System.nanoTime();
    boolean flushed = client.flush(Duration.ofSeconds(options.number("flush-seconds", 60, 1, 600)));
    long millis = (System.nanoTime() - start) / 1_000_000;
    String books = client.books();
    client.close();
    acknowledged.writeTo(Path.of(options.text("acknowledged", "")));
    System.out.println(RESULT + flushed + " " + millis + " " + books);
    System.exit(0);
  }

  private static void emit(Client client, int rate, int events) {
    Pace pace = new Pace(rate);
    for (int number = 0; number < events; number++) {
      pace.await(number);
      client.emit(number);
    }
  }
}
