package io.otlpevents.autoconfigure;

import io.otlpevents.propagation.TracePropagation;
import io.otlpevents.propagation.kafka.KafkaTraceBeanPostProcessor;
import io.otlpevents.propagation.kafka.KafkaTraceContext;
import io.otlpevents.propagation.kafka.KafkaTracePropagation;
import io.otlpevents.propagation.kafka.ListenerContainerTracing;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Lazy;
import org.springframework.kafka.config.AbstractKafkaListenerContainerFactory;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;

/**
 * Carries the trace context through Spring Kafka: into the records that are sent, and from those
 * that listeners get.
 */
@AutoConfiguration(after = OtlpPropagationAutoConfiguration.class)
@ConditionalOnClass(AbstractKafkaListenerContainerFactory.class)
@ImportRuntimeHints(OtlpKafkaPropagationAutoConfiguration.Hints.class)
public final class OtlpKafkaPropagationAutoConfiguration {

  // Code that uses it starts where propagation is off, too.
  @Bean
  @ConditionalOnMissingBean
  KafkaTraceContext otlpKafkaTraceContext(ObjectProvider<KafkaTracePropagation> propagation) {
    KafkaTracePropagation enabled = propagation.getIfAvailable();
    return enabled == null ? KafkaTraceContext.none() : new KafkaTraceContext(enabled);
  }

  /** Where the context is carried on. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnBean(TracePropagation.class)
  @ConditionalOnBooleanProperty(name = "otlp.propagation.kafka.enabled", matchIfMissing = true)
  @EnableConfigurationProperties(KafkaPropagationProperties.class)
  static final class EnabledConfiguration {

    @Bean
    @Lazy(false)
    @ConditionalOnMissingBean
    KafkaTracer otlpKafkaTracer(
        KafkaPropagationProperties properties,
        ListableBeanFactory beans,
        TraceStackDetection detection) {
      return new KafkaTracer(properties.spans(), beans, detection);
    }

    @Bean
    @ConditionalOnMissingBean
    KafkaTracePropagation otlpKafkaTracePropagation(
        TracePropagation propagation, KafkaTracer tracer) {
      return new KafkaTracePropagation(propagation, tracer);
    }

    @Bean
    @ConditionalOnMissingBean
    static KafkaTraceBeanPostProcessor otlpKafkaTraceBeanPostProcessor(
        ObjectProvider<KafkaTracePropagation> propagation) {
      return new KafkaTraceBeanPostProcessor(propagation::getObject);
    }

    @Bean
    @Lazy(false)
    @ConditionalOnMissingBean
    ListenerContainerTracing otlpListenerContainerTracing(
        KafkaTracePropagation propagation,
        ObjectProvider<KafkaListenerEndpointRegistry> registries) {
      return new ListenerContainerTracing(propagation, registries);
    }
  }

  /** For native images: producers are wrapped by proxies. */
  static final class Hints implements RuntimeHintsRegistrar {

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
      hints.proxies().registerJdkProxy(Producer.class);
    }
  }
}
