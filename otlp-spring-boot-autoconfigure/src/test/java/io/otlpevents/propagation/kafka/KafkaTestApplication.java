package io.otlpevents.propagation.kafka;

import io.otlpevents.EventEmitter;
import io.otlpevents.propagation.contract.CollectedEvents;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.DefaultKafkaConsumerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.kafka.annotation.BackOff;
import org.springframework.kafka.annotation.DltHandler;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.annotation.RetryableTopic;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.listener.BatchInterceptor;
import org.springframework.kafka.listener.CompositeBatchInterceptor;
import org.springframework.kafka.listener.CompositeRecordInterceptor;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.listener.RecordInterceptor;
import org.springframework.kafka.requestreply.ReplyingKafkaTemplate;
import org.springframework.kafka.support.serializer.ErrorHandlingDeserializer;
import org.springframework.kafka.transaction.KafkaTransactionManager;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.util.backoff.FixedBackOff;

/** Emits an event and sends a record in each of the ways that Spring Kafka knows. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(KafkaTestApplication.Listeners.class)
class KafkaTestApplication {

  static final List<String> TOPICS =
      List.of(
          "out",
          "record",
          "batch",
          "error",
          "retry",
          "dead",
          "dead-dlt",
          "tx",
          "ask",
          "request",
          "reply",
          "two",
          "two-batch",
          "manual",
          "poison",
          "poison-dlt",
          "by-hand");

  @Bean
  KafkaAdmin.NewTopics topics(@Value("${topics}") String topics) {
    return new KafkaAdmin.NewTopics(
        TOPICS.stream()
            .map(topic -> TopicBuilder.name(topics + topic).partitions(1).replicas(1).build())
            .toArray(NewTopic[]::new));
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
  DefaultKafkaConsumerFactoryCustomizer watchConsumers(WatchedConsumers watched) {
    return factory -> watch(factory, watched);
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // The proxies do not look at keys and values.
  private static void watch(DefaultKafkaConsumerFactory factory, WatchedConsumers watched) {
    factory.addPostProcessor(watched);
  }

  // Retryable topics need one.
  @Bean
  TaskScheduler taskScheduler() {
    return new ThreadPoolTaskScheduler();
  }

  private static <F extends ConcurrentKafkaListenerContainerFactory<String, String>> F with(
      F factory, ConsumerFactory<? super String, ? super String> consumers, boolean observed) {
    factory.setConsumerFactory(consumers);
    factory.getContainerProperties().setObservationEnabled(observed);
    return factory;
  }

  @Bean
  ConcurrentKafkaListenerContainerFactory<String, String> kafkaListenerContainerFactory(
      ConsumerFactory<String, String> consumers,
      @Value("${observed:false}") boolean observed,
      @Value("${virtual:false}") boolean virtual,
      KafkaTemplate<String, String> kafkaTemplate) {
    ConcurrentKafkaListenerContainerFactory<String, String> factory =
        with(new ConcurrentKafkaListenerContainerFactory<>(), consumers, observed);
    factory.setReplyTemplate(kafkaTemplate);
    if (virtual) {
      SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("virtual-");
      executor.setVirtualThreads(true);
      factory.getContainerProperties().setListenerTaskExecutor(executor);
    }
    return factory;
  }

  @Bean
  ConcurrentKafkaListenerContainerFactory<String, String> recovering(
      ConsumerFactory<String, String> consumers,
      @Value("${observed:false}") boolean observed,
      Actions actions) {
    ConcurrentKafkaListenerContainerFactory<String, String> factory =
        with(new ConcurrentKafkaListenerContainerFactory<>(), consumers, observed);
    factory.setCommonErrorHandler(
        new DefaultErrorHandler((record, failure) -> actions.act("error"), new FixedBackOff(0, 1)));
    return factory;
  }

  @Bean
  ConcurrentKafkaListenerContainerFactory<String, String> deadLetters(
      ConsumerFactory<String, String> consumers,
      @Value("${observed:false}") boolean observed,
      KafkaTemplate<String, String> kafkaTemplate) {
    ConcurrentKafkaListenerContainerFactory<String, String> factory =
        with(new ConcurrentKafkaListenerContainerFactory<>(), consumers, observed);
    factory.setCommonErrorHandler(
        new DefaultErrorHandler(
            new DeadLetterPublishingRecoverer(
                kafkaTemplate, (record, failure) -> new TopicPartition(record.topic() + "-dlt", 0)),
            new FixedBackOff(0, 0)));
    return factory;
  }

  @Bean
  ConcurrentKafkaListenerContainerFactory<String, String> poisoned(
      ConsumerFactory<String, String> consumerFactory,
      @Value("${observed:false}") boolean observed,
      KafkaTemplate<String, String> kafkaTemplate,
      WatchedConsumers watched) {
    Deserializer<String> failing =
        (topic, bytes) -> {
          throw new IllegalArgumentException("poison");
        };
    DefaultKafkaConsumerFactory<String, String> consumers =
        new DefaultKafkaConsumerFactory<>(
            consumerFactory.getConfigurationProperties(),
            new StringDeserializer(),
            new ErrorHandlingDeserializer<>(failing));
    watch(consumers, watched);
    ConcurrentKafkaListenerContainerFactory<String, String> factory =
        with(new ConcurrentKafkaListenerContainerFactory<>(), consumers, observed);
    factory.setCommonErrorHandler(
        new DefaultErrorHandler(
            new DeadLetterPublishingRecoverer(
                kafkaTemplate,
                (record, failure) -> new TopicPartition(record.topic() + "-dlt", 0)) {
              @Override
              protected ProducerRecord<Object, Object> createProducerRecord(
                  ConsumerRecord<?, ?> record,
                  TopicPartition topicPartition,
                  org.apache.kafka.common.header.Headers headers,
                  byte @Nullable [] key,
                  byte @Nullable [] value) {
                return new ProducerRecord<>(
                    topicPartition.topic(), topicPartition.partition(), "poison", "", headers);
              }
            },
            new FixedBackOff(0, 0)));
    return factory;
  }

  @Bean
  KafkaTemplate<String, String> kafkaTemplate(
      ProducerFactory<String, String> kafkaProducerFactory,
      @Value("${observed:false}") boolean observed) {
    KafkaTemplate<String, String> template = new KafkaTemplate<>(kafkaProducerFactory);
    template.setObservationEnabled(observed);
    return template;
  }

  // Its factory is no bean.
  @Bean
  KafkaTemplate<String, String> transactional(
      ProducerFactory<String, String> kafkaProducerFactory,
      @Value("${observed:false}") boolean observed) {
    DefaultKafkaProducerFactory<String, String> factory =
        new DefaultKafkaProducerFactory<>(
            kafkaProducerFactory.getConfigurationProperties(),
            new StringSerializer(),
            new StringSerializer());
    factory.setTransactionIdPrefix("tx" + System.nanoTime());
    KafkaTemplate<String, String> template = new KafkaTemplate<>(factory);
    template.setObservationEnabled(observed);
    return template;
  }

  @Bean
  ConcurrentKafkaListenerContainerFactory<String, String> inTransaction(
      ConsumerFactory<String, String> consumers,
      @Value("${observed:false}") boolean observed,
      @Qualifier("transactional") KafkaTemplate<String, String> transactional) {
    ConcurrentKafkaListenerContainerFactory<String, String> factory =
        with(new ConcurrentKafkaListenerContainerFactory<>(), consumers, observed);
    factory
        .getContainerProperties()
        .setKafkaAwareTransactionManager(
            new KafkaTransactionManager<>(transactional.getProducerFactory()));
    return factory;
  }

  @Bean
  ReplyingKafkaTemplate<String, String, String> replying(
      ProducerFactory<String, String> kafkaProducerFactory,
      ConcurrentKafkaListenerContainerFactory<String, String> kafkaListenerContainerFactory,
      @Value("${topics}") String topics,
      @Value("${observed:false}") boolean observed) {
    ConcurrentMessageListenerContainer<String, String> replies =
        kafkaListenerContainerFactory.createContainer(topics + "reply");
    replies.getContainerProperties().setGroupId(topics + "replies");
    ReplyingKafkaTemplate<String, String, String> template =
        new ReplyingKafkaTemplate<>(kafkaProducerFactory, replies);
    template.setObservationEnabled(observed);
    return template;
  }

  @Bean
  @SuppressWarnings("unchecked") // An array of a generic type.
  ConcurrentKafkaListenerContainerFactory<String, String> intercepted(
      ConsumerFactory<String, String> consumers,
      @Value("${observed:false}") boolean observed,
      Actions actions) {
    ConcurrentKafkaListenerContainerFactory<String, String> factory =
        with(new ConcurrentKafkaListenerContainerFactory<>(), consumers, observed);
    factory.setRecordInterceptor(
        new CompositeRecordInterceptor<>(
            new EmittingInterceptor("first", actions), new EmittingInterceptor("second", actions)));
    factory.setBatchInterceptor(
        new CompositeBatchInterceptor<>(
            new EmittingInterceptor("first", actions), new EmittingInterceptor("second", actions)));
    return factory;
  }

  /** A container that no factory has made. */
  @Bean
  KafkaMessageListenerContainer<String, String> manual(
      ConsumerFactory<String, String> consumers,
      @Value("${topics}") String topics,
      @Value("${observed:false}") boolean observed,
      Actions actions) {
    ContainerProperties properties = new ContainerProperties(topics + "manual");
    properties.setGroupId(topics + "manual");
    properties.setObservationEnabled(observed);
    properties.setMessageListener(
        (MessageListener<String, String>) record -> actions.act("manual"));
    return new KafkaMessageListenerContainer<>(consumers, properties);
  }

  @Bean
  Actions actions(
      EventEmitter events,
      @Qualifier("kafkaTemplate") KafkaTemplate<String, String> template,
      @Value("${topics}") String topics) {
    return new Actions(events, template, topics);
  }

  /** What a listener does. */
  record Actions(EventEmitter events, KafkaTemplate<String, String> template, String topics) {

    void act(String way) {
      emit(way);
      send(template, way);
    }

    void emit(String name) {
      events.event(name).emit();
    }

    void send(KafkaTemplate<String, String> by, String way) {
      try {
        // With the headers of a record's past, as applications forward them.
        RecordHeaders stale = new RecordHeaders();
        stale.add(
            "traceparent", "00-11111111111111111111111111111111-1111111111111111-01".getBytes());
        stale.add("tracestate", "stale=1".getBytes());
        by.send(new ProducerRecord<>(topics + "out", null, way, way, stale))
            .get(30, TimeUnit.SECONDS);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** One of several that the user has. */
  record EmittingInterceptor(String name, Actions actions)
      implements RecordInterceptor<String, String>, BatchInterceptor<String, String> {

    @Override
    public ConsumerRecord<String, String> intercept(
        ConsumerRecord<String, String> record, Consumer<String, String> consumer) {
      actions.emit(name + ".intercept");
      return record;
    }

    @Override
    public void success(ConsumerRecord<String, String> record, Consumer<String, String> consumer) {
      actions.emit(name + ".success");
    }

    @Override
    public void afterRecord(
        ConsumerRecord<String, String> record, Consumer<String, String> consumer) {
      actions.emit(name + ".after");
    }

    @Override
    public ConsumerRecords<String, String> intercept(
        ConsumerRecords<String, String> records, Consumer<String, String> consumer) {
      actions.emit(name + ".intercept");
      return records;
    }

    @Override
    public void setupThreadState(Consumer<?, ?> consumer) {}

    @Override
    public void clearThreadState(Consumer<?, ?> consumer) {}
  }

  /** One for each way. */
  static class Listeners {

    private final Actions actions;
    private final KafkaTemplate<String, String> transactional;
    private final ReplyingKafkaTemplate<String, String, String> replying;

    Listeners(
        Actions actions,
        @Qualifier("transactional") KafkaTemplate<String, String> transactional,
        ReplyingKafkaTemplate<String, String, String> replying) {
      this.actions = actions;
      this.transactional = transactional;
      this.replying = replying;
    }

    @KafkaListener(topics = "${topics}record", groupId = "${topics}record")
    void record(String value) {
      actions.act("record");
    }

    @KafkaListener(topics = "${topics}batch", groupId = "${topics}batch", batch = "true")
    void batch(List<String> values) {
      actions.act("batch");
    }

    @KafkaListener(
        topics = "${topics}error",
        groupId = "${topics}error",
        containerFactory = "recovering")
    void error(String value) {
      throw new IllegalStateException("expected");
    }

    @RetryableTopic(
        attempts = "2",
        backOff = @BackOff(delay = 10),
        kafkaTemplate = "kafkaTemplate",
        autoCreateTopics = "true")
    @KafkaListener(topics = "${topics}retry", groupId = "${topics}retry")
    void retry(String value) {
      throw new IllegalStateException("expected");
    }

    @DltHandler
    void retriesAreUsedUp(String value) {
      actions.act("retry");
    }

    @KafkaListener(
        topics = "${topics}dead",
        groupId = "${topics}dead",
        containerFactory = "deadLetters")
    void dead(String value) {
      throw new IllegalStateException("expected");
    }

    @KafkaListener(topics = "${topics}dead-dlt", groupId = "${topics}dead-dlt")
    void deadLetter(String value) {
      actions.act("dead");
    }

    @KafkaListener(
        topics = "${topics}poison",
        groupId = "${topics}poison",
        containerFactory = "poisoned")
    void poison(String value) {
      throw new AssertionError("cannot be read");
    }

    @KafkaListener(topics = "${topics}poison-dlt", groupId = "${topics}poison-dlt")
    void poisonLetter(String value) {
      actions.act("poison");
    }

    @KafkaListener(
        topics = "${topics}tx",
        groupId = "${topics}tx",
        containerFactory = "inTransaction")
    void tx(String value) {
      actions.emit("tx");
      actions.send(transactional, "tx");
    }

    @KafkaListener(topics = "${topics}ask", groupId = "${topics}ask")
    void ask(String value) throws Exception {
      replying.waitForAssignment(Duration.ofSeconds(30));
      Objects.requireNonNull(
          replying
              .sendAndReceive(new ProducerRecord<>(actions.topics() + "request", value))
              .get(30, TimeUnit.SECONDS));
      actions.act("ask");
    }

    @KafkaListener(topics = "${topics}request", groupId = "${topics}request")
    @SendTo
    String request(String value) {
      actions.emit("request");
      return value;
    }

    @KafkaListener(
        topics = "${topics}two",
        groupId = "${topics}two",
        containerFactory = "intercepted")
    void intercepted(String value) {
      actions.act("two");
    }

    @KafkaListener(
        topics = "${topics}two-batch",
        groupId = "${topics}two-batch",
        batch = "true",
        containerFactory = "intercepted")
    void intercepted(List<String> values) {
      actions.act("two-batch");
    }
  }
}
