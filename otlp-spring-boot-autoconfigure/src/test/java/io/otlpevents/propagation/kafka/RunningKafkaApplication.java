package io.otlpevents.propagation.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.otlpevents.EventEmitter;
import io.otlpevents.propagation.contract.CollectedEvents;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** A running application with topics of its own, and clients that know nothing of traces. */
final class RunningKafkaApplication implements AutoCloseable {

  final String topics = "t" + UUID.randomUUID().toString().substring(0, 8) + "-";
  private final ConfigurableApplicationContext context;
  private final KafkaProducer<String, String> producer =
      new KafkaProducer<>(
          KafkaTestApplication.producerConfig(), new StringSerializer(), new StringSerializer());
  private final KafkaConsumer<String, String> consumer =
      new KafkaConsumer<>(
          Map.of(
              "bootstrap.servers",
              KafkaBroker.addresses(),
              "auto.offset.reset",
              "earliest",
              "isolation.level",
              "read_committed"),
          new StringDeserializer(),
          new StringDeserializer());
  private final List<ConsumerRecord<String, String>> received = new ArrayList<>();

  RunningKafkaApplication(String... properties) {
    this(KafkaTestApplication.class, properties);
  }

  RunningKafkaApplication(Class<?> type, String... properties) {
    List<String> all = new ArrayList<>(List.of(properties));
    all.add("topics=" + topics);
    all.add("spring.kafka.bootstrap-servers=" + KafkaBroker.addresses());
    all.add("spring.kafka.consumer.auto-offset-reset=earliest");
    all.add("spring.kafka.consumer.isolation-level=read_committed");
    all.add("management.tracing.sampling.probability=1.0");
    all.add("spring.main.banner-mode=off");
    all.add("spring.jmx.enabled=false");
    context =
        new SpringApplicationBuilder(type)
            .web(WebApplicationType.NONE)
            .properties(all.toArray(String[]::new))
            .run();
    consumer.assign(List.of(new TopicPartition(topics + "out", 0)));
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  /** Sends a record with these headers, each {@code name: value}. */
  void send(String topic, String... headers) {
    ProducerRecord<String, String> record = new ProducerRecord<>(topics + topic, "value");
    for (String header : headers) {
      int colon = header.indexOf(": ");
      record
          .headers()
          .add(
              header.substring(0, colon),
              header.substring(colon + 2).getBytes(StandardCharsets.UTF_8));
    }
    send(record);
  }

  void send(ProducerRecord<String, String> record) {
    try {
      producer.send(record).get(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** Waits for the record that a listener sends. */
  ConsumerRecord<String, String> awaitOut(String way) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (System.nanoTime() < deadline) {
      consumer.poll(Duration.ofMillis(100)).forEach(received::add);
      for (ConsumerRecord<String, String> record : received) {
        if (record.key().equals(way)) {
          assertThat(received).hasSize(1);
          return record;
        }
      }
    }
    throw new AssertionError("nothing came out of " + way + " but " + received);
  }

  static List<String> headers(ConsumerRecord<?, ?> record, String name) {
    List<String> values = new ArrayList<>();
    for (Header header : record.headers().headers(name)) {
      values.add(new String(header.value(), StandardCharsets.UTF_8));
    }
    return values;
  }

  CollectedEvents events() {
    if (!bean(EventEmitter.class).flush(Duration.ofSeconds(20)).complete()) {
      throw new AssertionError("events were not delivered in time");
    }
    return bean(CollectedEvents.class);
  }

  /** The spans so far; none without a tracer. */
  List<SpanData> spans() {
    SdkTracerProvider provider = context.getBeanProvider(SdkTracerProvider.class).getIfAvailable();
    if (provider == null) {
      return List.of();
    }
    provider.forceFlush().join(20, TimeUnit.SECONDS);
    return bean(InMemorySpanExporter.class).getFinishedSpanItems();
  }

  void forget() {
    bean(WatchedConsumers.class).awaitIdle();
    spans();
    bean(InMemorySpanExporter.class).reset();
    events().clear();
    received.clear();
  }

  @Override
  public void close() {
    consumer.close();
    producer.close();
    context.close();
  }
}
