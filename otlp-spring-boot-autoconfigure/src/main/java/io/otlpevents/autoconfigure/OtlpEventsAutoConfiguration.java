package io.otlpevents.autoconfigure;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.otlpevents.EventEmitter;
import io.otlpevents.aop.EmitEventAdvisor;
import io.otlpevents.delivery.DeliveryOutcome;
import io.otlpevents.delivery.DeliverySettings;
import io.otlpevents.delivery.Destination;
import io.otlpevents.delivery.EventBatch;
import io.otlpevents.journal.JournalSettings;
import io.otlpevents.otlp.OtlpGrpcDestination;
import io.otlpevents.otlp.OtlpHttpDestination;
import io.otlpevents.otlp.OtlpSettings;
import io.otlpevents.pipeline.EventPipeline;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;

/**
 * Provides an {@link EventEmitter}, the pipeline behind it, and the aspect of {@code @EmitEvent}.
 *
 * <p>The pipeline is private: none of its beans is of a type that Spring Boot or OpenTelemetry's
 * own starter collects or backs off from, so that the application's other telemetry stays as it is.
 */
@AutoConfiguration(
    afterName = {
      "org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration",
      "org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration",
      "org.springframework.boot.opentelemetry.autoconfigure.logging.OpenTelemetryLoggingAutoConfiguration",
      "org.springframework.boot.opentelemetry.autoconfigure.logging.otlp.OtlpLoggingAutoConfiguration",
      "org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration",
      "org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration",
      "org.springframework.boot.micrometer.tracing.autoconfigure.NoopTracerAutoConfiguration",
      "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
      "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
      "org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration",
      "org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration",
      "org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration",
      "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration",
      "io.opentelemetry.instrumentation.spring.autoconfigure.OpenTelemetryAutoConfiguration"
    })
public final class OtlpEventsAutoConfiguration {

  /** Where events are on. */
  @Configuration(proxyBeanMethods = false)
  @Conditional(EventsEnabledCondition.class)
  @EnableConfigurationProperties(OtlpProperties.class)
  static final class EnabledConfiguration {

    @Bean
    @ConditionalOnMissingBean
    ManagedEventPipeline otlpEventPipeline(
        OtlpProperties properties,
        Environment environment,
        ObjectProvider<Resource> resource,
        ObjectProvider<Destination> destinations,
        ObjectProvider<SslBundles> sslBundles,
        ObjectProvider<EventPipelineCustomizer> customizers) {
      OtlpProperties.Events events = properties.events();
      EventPipeline.Builder builder =
          EventPipeline.builder()
              .resource(resource.getIfUnique(() -> EventResource.from(environment)))
              .defaultAttributes(attributes(events.defaultAttributes()))
              .journal(journalSettings(events.journal()))
              .delivery(deliverySettings(properties));
      if (events.minimumSeverity() != null) {
        builder.minimumSeverity(events.minimumSeverity());
      }
      List<Destination> own = destinations.orderedStream().toList();
      if (own.isEmpty()) {
        builder.destination(otlpDestination(properties, sslBundles));
      } else {
        own.forEach(destination -> builder.destination(new DestinationBean(destination)));
      }
      customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
      return new ManagedEventPipeline(builder.build(), events.shutdownTimeout());
    }

    // The pipeline is closed by its owner, whatever methods the emitter may have.
    @Bean(destroyMethod = "")
    @ConditionalOnMissingBean(EventEmitter.class)
    EventEmitter otlpEventEmitter(ManagedEventPipeline pipeline) {
      return pipeline.emitter();
    }

    private static Attributes attributes(Map<String, String> values) {
      AttributesBuilder attributes = Attributes.builder();
      values.forEach(attributes::put);
      return attributes.build();
    }

    private static JournalSettings journalSettings(OtlpProperties.Journal journal) {
      return new JournalSettings(
          journal.maxSize().toBytes(),
          Math.toIntExact(journal.segmentSize().toBytes()),
          Math.toIntExact(journal.maxEventSize().toBytes()),
          journal.overflow(),
          journal.maxBlock());
    }

    private static DeliverySettings deliverySettings(OtlpProperties properties) {
      OtlpProperties.Batch batch = properties.events().batch();
      OtlpProperties.Retry retry = properties.events().retry();
      return DeliverySettings.defaults().toBuilder()
          .maxBatchSize(Math.toIntExact(batch.maxSize().toBytes()))
          .maxDelay(batch.maxDelay())
          .maxInFlight(batch.maxInFlight())
          .backoff(retry.initialBackoff(), retry.maxBackoff())
          // Only for a destination that never reports back, so after its own time-outs.
          .attemptTimeout(properties.timeout().plus(properties.connectTimeout()).plusSeconds(10))
          .build();
    }

    private static Destination otlpDestination(
        OtlpProperties properties, ObjectProvider<SslBundles> sslBundles) {
      OtlpSettings.Builder settings =
          OtlpSettings.builder(properties.endpointOrDefault())
              .headers(properties.headers())
              .compression(properties.compression())
              .timeout(properties.timeout())
              .connectTimeout(properties.connectTimeout());
      if (properties.ssl().bundle() != null) {
        SslBundle bundle = sslBundles.getObject().getBundle(properties.ssl().bundle());
        settings.ssl(bundle.createSslContext(), trustManager(bundle));
      }
      return switch (properties.protocol()) {
        case GRPC -> OtlpGrpcDestination.create(settings.build());
        case HTTP_PROTOBUF -> OtlpHttpDestination.create(settings.build());
      };
    }

    private static X509TrustManager trustManager(SslBundle bundle) {
      for (TrustManager manager : bundle.getManagers().getTrustManagers()) {
        if (manager instanceof X509TrustManager x509) {
          return x509;
        }
      }
      throw new IllegalStateException("The SSL bundle has no trust manager for X.509");
    }
  }

  /**
   * A destination that the application context closes, and so the pipeline does not.
   *
   * @param bean the user's
   */
  private record DestinationBean(Destination bean) implements Destination {

    @Override
    public String name() {
      return bean.name();
    }

    @Override
    public void send(EventBatch batch, Consumer<DeliveryOutcome> done) {
      bean.send(batch, done);
    }

    @Override
    public boolean releasesBatches() {
      return bean.releasesBatches();
    }

    @Override
    public void close() {}
  }

  /** The aspect, where events are on. */
  @Configuration(proxyBeanMethods = false)
  @Conditional(EventsEnabledCondition.class)
  @Import(AutoProxyRegistrar.class)
  static final class AspectConfiguration {

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    @ConditionalOnMissingBean
    static EmitEventAdvisor emitEventAdvisor(ObjectProvider<EventEmitter> emitter) {
      return new EmitEventAdvisor(emitter::getObject);
    }
  }

  /** Where events are off. */
  @Configuration(proxyBeanMethods = false)
  @Conditional(EventsEnabledCondition.Not.class)
  static final class DisabledConfiguration {

    @Bean
    @ConditionalOnMissingBean(EventEmitter.class)
    DisabledEventEmitter disabledEventEmitter(Environment environment) {
      LogFactory.getLog(OtlpEventsAutoConfiguration.class)
          .info(
              "Events are not emitted, because "
                  + EventsEnabledCondition.reasonToBeOff(environment));
      return new DisabledEventEmitter();
    }
  }
}
