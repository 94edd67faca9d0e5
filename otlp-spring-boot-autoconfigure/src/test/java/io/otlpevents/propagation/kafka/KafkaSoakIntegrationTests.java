package io.otlpevents.propagation.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.SpanContext;
import io.otlpevents.SpanSource;
import io.otlpevents.propagation.contract.CollectedEvents;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.DefaultKafkaConsumerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.CompositeRecordInterceptor;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.RecordInterceptor;
import org.springframework.util.backoff.FixedBackOff;

/**
 * Many records, each with a trace of its own, through retries and dead letters, past two
 * interceptors of the user, on three threads. {@code -Dkafka.soak=100000} for more of them.
 */
class KafkaSoakIntegrationTests {

  private static final int RECORDS = Integer.getInteger("kafka.soak", 3_000);
  private static final int PARTITIONS = 3;

  @ParameterizedTest
  @ValueSource(strings = {"alone forward", "alone participate", "tracer"})
  void noRecordGetsTheTraceOfAnother(String mode) throws Exception {
    String tracer = mode.startsWith("alone") ? KafkaMatrixContract.ALONE : "tracer=yes";
    String own = mode.endsWith("participate") ? "participate" : "forward";
    long start = System.nanoTime();
    try (RunningKafkaApplication application =
        new RunningKafkaApplication(
            List.of(SoakApplication.class, OpenTelemetrySpans.class),
            tracer,
            "otlp.propagation.mode=" + own,
            "spring.kafka.consumer.max-poll-records=50")) {
      send(application.topics + "soak");
      receive(application.topics);
      application.bean(WatchedConsumers.class).assertNoContextWasLeft();
      Findings findings = application.bean(Findings.class);
      System.out.printf(
          "%s: %d records, %d looks at the current trace, %d listener threads, %.1f s%n",
          mode,
          RECORDS,
          findings.looks.sum(),
          application.bean(WatchedConsumers.class).threads().size(),
          (System.nanoTime() - start) / 1e9);
      assertThat(findings.wrong).isEmpty();
      // Intercepted twice, listened to, and looked at again twice afterwards.
      assertThat(findings.looks.sum()).isGreaterThan(5L * RECORDS);
    }
  }

  private static void send(String topic) {
    Queue<Exception> failures = new ConcurrentLinkedQueue<>();
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", KafkaBroker.addresses()),
            new StringSerializer(),
            new StringSerializer())) {
      for (int i = 0; i < RECORDS; i++) {
        ProducerRecord<String, String> record =
            new ProducerRecord<>(topic, i % PARTITIONS, "key", Integer.toString(i));
        // Not sampled: spans are made, and nobody has to keep them.
        record
            .headers()
            .add(
                "traceparent",
                ("00-" + trace(i) + "-00f067aa0ba902b7-00").getBytes(StandardCharsets.UTF_8));
        producer.send(
            record,
            (metadata, failure) -> {
              if (failure != null) {
                failures.add(failure);
              }
            });
      }
    }
    assertThat(failures).as("records that could not be sent").isEmpty();
  }

  /** Each record comes out once, with its own trace and no other. */
  private static void receive(String topics) {
    Map<Integer, Integer> seen = new HashMap<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", KafkaBroker.addresses(), "auto.offset.reset", "earliest"),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.assign(List.of(new TopicPartition(topics + "out", 0)));
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120 + RECORDS / 100);
      while (seen.size() < RECORDS) {
        assertThat(System.nanoTime()).as(seen.size() + " came out").isLessThan(deadline);
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
          int i = Integer.parseInt(record.value());
          seen.merge(i, 1, Integer::sum);
          assertThat(KafkaApplication.headers(record, "traceparent"))
              .singleElement()
              .asString()
              .startsWith("00-" + trace(i) + "-");
        }
      }
    }
    assertThat(seen.values()).allMatch(times -> times == 1);
  }

  private static String trace(int i) {
    return String.format("%032x", i + 1);
  }

  /** What was current where. */
  static final class Findings {

    final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    final LongAdder looks = new LongAdder();
    private final SpanSource spans;

    Findings(SpanSource spans) {
      this.spans = spans;
    }

    /** Looks at what an event would get. */
    void look(String where, String value) {
      looks.increment();
      SpanContext span = spans.spanContext(null);
      if (!span.getTraceId().equals(trace(Integer.parseInt(value))) && wrong.size() < 20) {
        wrong.add(where + " of " + value + " has " + span);
      }
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @Import(SoakListeners.class)
  static class SoakApplication {

    @Bean
    KafkaAdmin.NewTopics topics(@Value("${topics}") String topics) {
      return new KafkaAdmin.NewTopics(
          topic(topics + "soak", PARTITIONS),
          topic(topics + "soak-dlt", PARTITIONS),
          topic(topics + "out", 1));
    }

    private static NewTopic topic(String name, int partitions) {
      return TopicBuilder.name(name).partitions(partitions).replicas(1).build();
    }

    @Bean
    CollectedEvents collectedEvents() {
      return new CollectedEvents();
    }

    @Bean
    WatchedConsumers watchedConsumers() {
      return new WatchedConsumers();
    }

    @Bean
    @SuppressWarnings({"unchecked", "rawtypes"}) // The proxies do not look at keys and values.
    DefaultKafkaConsumerFactoryCustomizer watchConsumers(WatchedConsumers watched) {
      return factory -> ((DefaultKafkaConsumerFactory) factory).addPostProcessor(watched);
    }

    @Bean
    Findings findings(SpanSource spans) {
      return new Findings(spans);
    }

    @Bean
    @SuppressWarnings("unchecked") // An array of a generic type.
    ConcurrentKafkaListenerContainerFactory<String, String> kafkaListenerContainerFactory(
        ConsumerFactory<String, String> consumers,
        KafkaTemplate<String, String> template,
        Findings findings) {
      ConcurrentKafkaListenerContainerFactory<String, String> factory =
          new ConcurrentKafkaListenerContainerFactory<>();
      factory.setConsumerFactory(consumers);
      factory.setConcurrency(PARTITIONS);
      factory.setRecordInterceptor(
          new CompositeRecordInterceptor<>(
              new Looking("first", findings), new Looking("second", findings)));
      DeadLetterPublishingRecoverer recoverer =
          new DeadLetterPublishingRecoverer(
              template,
              (record, failure) -> new TopicPartition(record.topic() + "-dlt", record.partition()));
      factory.setCommonErrorHandler(
          new DefaultErrorHandler(
              (record, failure) -> {
                findings.look("recoverer", (String) record.value());
                recoverer.accept(record, failure);
              },
              new FixedBackOff(0, 1)));
      return factory;
    }
  }

  /** An interceptor of the user's. */
  record Looking(String name, Findings findings) implements RecordInterceptor<String, String> {

    @Override
    public ConsumerRecord<String, String> intercept(
        ConsumerRecord<String, String> record, Consumer<String, String> consumer) {
      findings.look(name + " intercept", record.value());
      return record;
    }

    @Override
    public void success(ConsumerRecord<String, String> record, Consumer<String, String> consumer) {
      findings.look(name + " success", record.value());
    }

    @Override
    public void failure(
        ConsumerRecord<String, String> record,
        Exception exception,
        Consumer<String, String> consumer) {
      findings.look(name + " failure", record.value());
    }

    @Override
    public void afterRecord(
        ConsumerRecord<String, String> record, Consumer<String, String> consumer) {
      findings.look(name + " after", record.value());
    }
  }

  static class SoakListeners {

    private final Set<String> failedOnce = ConcurrentHashMap.newKeySet();
    private final KafkaTemplate<String, String> template;
    private final Findings findings;
    private final String out;

    SoakListeners(
        KafkaTemplate<String, String> template,
        Findings findings,
        @Value("${topics}") String topics) {
      this.template = template;
      this.findings = findings;
      this.out = topics + "out";
    }

    @KafkaListener(topics = "${topics}soak", groupId = "${topics}soak")
    void on(String value) {
      findings.look("listener", value);
      int i = Integer.parseInt(value);
      // One in twenty is tried again, and another goes to the dead letters.
      if (i % 20 == 13 || i % 20 == 7 && failedOnce.add(value)) {
        throw new IllegalStateException("expected");
      }
      template.send(out, value);
    }

    @KafkaListener(topics = "${topics}soak-dlt", groupId = "${topics}soak-dlt")
    void onDeadLetter(ConsumerRecord<String, String> record) {
      findings.look("dead letter", record.value());
      int traces = 0;
      for (Header ignored : record.headers().headers("traceparent")) {
        traces++;
      }
      if (traces != 1) {
        findings.wrong.add(traces + " traces in the dead letter of " + record.value());
      }
      template.send(out, record.value());
    }
  }
}
