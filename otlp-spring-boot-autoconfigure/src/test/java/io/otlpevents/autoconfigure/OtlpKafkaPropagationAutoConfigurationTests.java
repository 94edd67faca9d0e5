package io.otlpevents.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.otlpevents.propagation.TracePropagation;
import io.otlpevents.propagation.kafka.KafkaTraceBeanPostProcessor;
import io.otlpevents.propagation.kafka.KafkaTraceContext;
import io.otlpevents.propagation.kafka.KafkaTracePropagation;
import io.otlpevents.propagation.kafka.ListenerContainerTracing;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;
import org.springframework.kafka.listener.RecordInterceptor;

class OtlpKafkaPropagationAutoConfigurationTests {

  private final ApplicationContextRunner application =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  OtlpPropagationAutoConfiguration.class,
                  KafkaAutoConfiguration.class,
                  OtlpKafkaPropagationAutoConfiguration.class));

  @Test
  void reachesTheFactoriesOfSpringBoot() {
    application.run(
        context -> {
          assertThat(context).hasSingleBean(KafkaTraceContext.class);
          assertThat(context.getBean(DefaultKafkaProducerFactory.class).getPostProcessors())
              .hasSize(1);
          ConcurrentKafkaListenerContainerFactory<?, ?> factory =
              context.getBean(ConcurrentKafkaListenerContainerFactory.class);
          assertThat(factory.getRecordInterceptor()).isNotNull();
          assertThat(factory.getBatchInterceptor()).isNotNull();
        });
  }

  // Spring Boot takes an interceptor only if it is the only bean of its type.
  @Test
  void theUsersOnlyInterceptorStaysTheOnlyOne() {
    application
        .withUserConfiguration(WithInterceptor.class)
        .run(
            context -> {
              assertThat(context).hasSingleBean(RecordInterceptor.class);
              WithInterceptor.intercepted = 0;
              intercept(context.getBean(ConcurrentKafkaListenerContainerFactory.class));
              assertThat(WithInterceptor.intercepted).isEqualTo(1);
            });
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static void intercept(ConcurrentKafkaListenerContainerFactory factory) {
    RecordInterceptor interceptor = factory.getRecordInterceptor();
    Consumer consumer = new org.apache.kafka.clients.consumer.MockConsumer<>("earliest");
    ConsumerRecord record = new ConsumerRecord<>("topic", 0, 0, "key", "value");
    assertThat(interceptor).isNotNull();
    interceptor.intercept(record, consumer);
    interceptor.afterRecord(record, consumer);
  }

  @Test
  void reachesWhatTheUserMakes() {
    application
        .withUserConfiguration(UserMade.class)
        .run(
            context -> {
              KafkaTemplate<?, ?> template = context.getBean("mine", KafkaTemplate.class);
              assertThat(
                      ((DefaultKafkaProducerFactory<?, ?>) template.getProducerFactory())
                          .getPostProcessors())
                  .hasSize(1);
              KafkaMessageListenerContainer<?, ?> container =
                  context.getBean(KafkaMessageListenerContainer.class);
              assertThat(container.getRecordInterceptor()).isNotNull();
              assertThat(container.getBatchInterceptor()).isNotNull();
            });
  }

  @Test
  void isOffWhereTheUserSaysSo() {
    application
        .withPropertyValues("otlp.propagation.kafka.enabled=false")
        .run(
            context -> {
              assertThat(context)
                  .doesNotHaveBean(KafkaTracePropagation.class)
                  .doesNotHaveBean(KafkaTraceBeanPostProcessor.class)
                  .doesNotHaveBean(ListenerContainerTracing.class)
                  .hasSingleBean(TracePropagation.class)
                  .hasSingleBean(KafkaTraceContext.class);
              assertThat(context.getBean(DefaultKafkaProducerFactory.class).getPostProcessors())
                  .isEmpty();
            });
    application
        .withPropertyValues("otlp.propagation.enabled=false")
        .run(
            context ->
                assertThat(context)
                    .doesNotHaveBean(KafkaTracePropagation.class)
                    .hasSingleBean(KafkaTraceContext.class));
  }

  @Test
  void backsOffFromTheUsersBeans() {
    KafkaTracePropagation mine =
        new KafkaTracePropagation(TracePropagation.builder().build(), () -> null);
    application
        .withBean(KafkaTracePropagation.class, () -> mine)
        .run(context -> assertThat(context.getBean(KafkaTracePropagation.class)).isSameAs(mine));
  }

  @Test
  void nativeImagesKnowTheProxyOfProducers() {
    RuntimeHints hints = new RuntimeHints();
    new OtlpKafkaPropagationAutoConfiguration.Hints().registerHints(hints, null);
    assertThat(RuntimeHintsPredicates.proxies().forInterfaces(Producer.class)).accepts(hints);
  }

  @Test
  void startsWithoutSpringKafka() {
    new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(
                OtlpPropagationAutoConfiguration.class,
                OtlpKafkaPropagationAutoConfiguration.class))
        .withClassLoader(new FilteredClassLoader("org.springframework.kafka", "org.apache.kafka"))
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(context).doesNotHaveBean(KafkaTraceContext.class);
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class WithInterceptor {

    static int intercepted;

    @Bean
    RecordInterceptor<Object, Object> interceptor() {
      return (record, consumer) -> {
        intercepted++;
        return record;
      };
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class UserMade {

    // Its factory is no bean.
    @Bean
    KafkaTemplate<String, String> mine() {
      return new KafkaTemplate<>(new DefaultKafkaProducerFactory<>(Map.of()));
    }

    @Bean
    KafkaMessageListenerContainer<String, String> container() {
      ContainerProperties properties = new ContainerProperties("topic");
      properties.setGroupId("group");
      properties.setMessageListener(
          (org.springframework.kafka.listener.MessageListener<String, String>) record -> {});
      KafkaMessageListenerContainer<String, String> container =
          new KafkaMessageListenerContainer<>(
              new DefaultKafkaConsumerFactory<>(Map.of()), properties);
      container.setAutoStartup(false);
      return container;
    }
  }
}
