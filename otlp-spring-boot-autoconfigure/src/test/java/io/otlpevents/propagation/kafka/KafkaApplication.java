package io.otlpevents.propagation.kafka;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.awaitility.Awaitility;

/** A running application with topics of its own, and clients that know nothing of traces. */
public abstract class KafkaApplication implements AutoCloseable {

  /** What the names of its topics begin with. */
  protected final String topics = "t" + UUID.randomUUID().toString().substring(0, 8) + "-";

  private final KafkaProducer<String, String> producer =
      new KafkaProducer<>(
          Map.of("bootstrap.servers", KafkaBroker.addresses()),
          new StringSerializer(),
          new StringSerializer());
  private final KafkaConsumer<String, String> consumer = consumer();
  private final List<ConsumerRecord<String, String>> received = new ArrayList<>();

  KafkaApplication() {}

  private static KafkaConsumer<String, String> consumer() {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers",
            KafkaBroker.addresses(),
            "auto.offset.reset",
            "earliest",
            "isolation.level",
            "read_committed"),
        new StringDeserializer(),
        new StringDeserializer());
  }

  /** The properties that every application gets. */
  final List<String> with(String... properties) {
    List<String> all = new ArrayList<>(List.of(properties));
    all.add("topics=" + topics);
    all.add("spring.kafka.bootstrap-servers=" + KafkaBroker.addresses());
    all.add("spring.kafka.consumer.auto-offset-reset=earliest");
    all.add("spring.kafka.consumer.isolation-level=read_committed");
    all.add("management.tracing.sampling.probability=1.0");
    all.add("spring.main.banner-mode=off");
    all.add("spring.jmx.enabled=false");
    return all;
  }

  /**
   * For use once the application has created its topics.
   *
   * <p>Waits until the broker serves them, which is a little later than it tells of them. Until
   * then it may refuse the first of several requests of a producer and accept the second one. It
   * refuses the first one ever after, for being out of order, and its records are lost when {@code
   * delivery.timeout.ms} is over, after two minutes. This is KAFKA-15591.
   */
  final void listen() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> consumer.listTopics().containsKey(topics + "out"));
    List<TopicPartition> own =
        consumer.listTopics().entrySet().stream()
            .filter(topic -> topic.getKey().startsWith(topics))
            .flatMap(topic -> topic.getValue().stream())
            .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
            .toList();
    // Only a leader that serves its partition answers this.
    assertThat(consumer.endOffsets(own, Duration.ofSeconds(60))).hasSameSizeAs(own);
    consumer.assign(List.of(new TopicPartition(topics + "out", 0)));
  }

  /** Sends a record with these headers, each {@code name: value}. */
  public final void send(String topic, String... headers) {
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

  final void send(ProducerRecord<String, String> record) {
    try {
      producer.send(record).get(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** Waits for the record that a listener sends. */
  public final ConsumerRecord<String, String> awaitOut(String way) {
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

  /** The newest record of each topic that the way goes through after the first. */
  public final List<ConsumerRecord<String, String>> passedOn(String way) {
    List<ConsumerRecord<String, String>> found = new ArrayList<>();
    try (KafkaConsumer<String, String> reader = consumer()) {
      for (String topic : reader.listTopics().keySet()) {
        if (topic.startsWith(topics + way + "-") && !topic.equals(topics + "two-batch")) {
          TopicPartition partition = new TopicPartition(topic, 0);
          reader.assign(List.of(partition));
          reader.seekToEnd(List.of(partition));
          long last = reader.position(partition) - 1;
          assertThat(last).as("records of " + topic).isNotNegative();
          reader.seek(partition, last);
          long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
          List<ConsumerRecord<String, String>> records = List.of();
          while (records.isEmpty() && System.nanoTime() < deadline) {
            records = reader.poll(Duration.ofMillis(100)).records(partition);
          }
          found.addAll(records);
        }
      }
    }
    return found;
  }

  /** The values of a header. */
  public static List<String> headers(ConsumerRecord<?, ?> record, String name) {
    List<String> values = new ArrayList<>();
    for (Header header : record.headers().headers(name)) {
      values.add(new String(header.value(), StandardCharsets.UTF_8));
    }
    return values;
  }

  /**
   * The only event with a name.
   *
   * @return {@code traceId-spanId}, which may be empty
   */
  public abstract String event(String name);

  /** The spans so far; none without a tracer. */
  public abstract List<SeenSpan> spans();

  /** Waits until all listeners are done. */
  public abstract void awaitIdle();

  public abstract void assertNoContextWasLeft();

  /** Forgets the spans, the events and what came out. */
  void forget() {
    received.clear();
  }

  @Override
  public void close() {
    consumer.close();
    producer.close();
  }
}
