package io.otlpevents.autoconfigure;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.otlpevents.EventEmitter;
import io.otlpevents.EventEnricher;
import io.otlpevents.EventFilter;
import io.otlpevents.SpanSource;
import io.otlpevents.aop.EmitEventAdvisor;
import io.otlpevents.aop.EmitEventAspect;
import io.otlpevents.bridge.ApplicationEventBridge;
import io.otlpevents.delivery.DeliveryOutcome;
import io.otlpevents.delivery.DeliverySettings;
import io.otlpevents.delivery.Destination;
import io.otlpevents.delivery.EventBatch;
import io.otlpevents.encode.EncoderSettings;
import io.otlpevents.encode.JacksonPayloads;
import io.otlpevents.encode.PayloadCodec;
import io.otlpevents.encode.RedactionRule;
import io.otlpevents.pipeline.EventPipeline;
import io.otlpevents.pipeline.SamplingRule;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
import tools.jackson.databind.json.JsonMapper;

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
      "org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration",
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
        ObjectProvider<OtlpHeadersSupplier> headersSupplier,
        ObjectProvider<OtlpEventsConnectionDetails> connectionDetails,
        ObjectProvider<PayloadCodec> payloadCodec,
        ObjectProvider<EventFilter> filters,
        ObjectProvider<EventEnricher> enrichers,
        ObjectProvider<SpanSource> spans,
        ObjectProvider<EventPipelineCustomizer> customizers) {
      OtlpProperties.Events events = properties.events();
      List<Destination> own = destinations.orderedStream().toList();
      OtlpReceiver receiver =
          own.isEmpty() ? OtlpReceiver.of(properties, environment) : OtlpReceiver.of(properties);
      EventPipeline.Builder builder =
          EventPipeline.builder()
              .resource(
                  EventResource.from(
                      environment, resource.getIfUnique(), events.resource().detection()))
              .defaultAttributes(attributes(events.defaultAttributes()))
              .journal(events.journal().settings())
              .protectedSeverity(events.journal().protectedSeverity())
              .delivery(deliverySettings(events, receiver.timeout(), properties.connectTimeout()))
              .encoding(encoderSettings(events));
      payloadCodec.ifAvailable(builder::payloadCodec);
      spans.ifUnique(builder::spans);
      builder.mirrorToSpan(events.mirrorToSpan());
      if (events.minimumSeverity() != null) {
        builder.minimumSeverity(events.minimumSeverity());
      }
      filters.orderedStream().forEach(builder::filter);
      sampleInto(builder, events.sampling());
      enrichers.orderedStream().forEach(builder::enricher);
      if (own.isEmpty()) {
        OtlpEventsConnectionDetails details = connectionDetails.getIfAvailable();
        OtlpReceiver at =
            details == null ? receiver : receiver.at(details.getEndpoint(receiver.protocol()));
        builder.destination(at.destination(properties, sslBundles, headersSupplier));
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

    private static DeliverySettings deliverySettings(
        OtlpProperties.Events events, Duration timeout, Duration connectTimeout) {
      OtlpProperties.Batch batch = events.batch();
      OtlpProperties.Retry retry = events.retry();
      return batch.preset().settings().toBuilder()
          .maxBatchSize(Math.toIntExact(batch.maxSize().toBytes()))
          .maxDelay(batch.maxDelay())
          .maxInFlight(batch.maxInFlight())
          .adaptive(batch.adaptive())
          .backoff(retry.initialBackoff(), retry.maxBackoff())
          .bisectRefused(retry.bisectRefused())
          .holdUnauthorized(retry.holdUnauthorized())
          // Only for a destination that never reports back, so after its own time-outs.
          .attemptTimeout(timeout.plus(connectTimeout).plusSeconds(10))
          .build();
    }

    private static EncoderSettings encoderSettings(OtlpProperties.Events events) {
      OtlpProperties.Limits limits = events.limits();
      EncoderSettings settings =
          EncoderSettings.defaults()
              .withMaxAttributes(limits.maxAttributes())
              .withMaxDepth(limits.maxDepth())
              .withPayloadMode(events.payload().mode())
              .withPayloadKey(events.payload().key())
              .withRedaction(redactionRules(events.redaction()));
      Integer maxValueLength = limits.maxValueLength();
      return maxValueLength == null ? settings : settings.withMaxValueLength(maxValueLength);
    }

    /** In the order of precedence: the first rule that matches decides. */
    private static List<RedactionRule> redactionRules(OtlpProperties.Redaction redaction) {
      List<RedactionRule> rules = new ArrayList<>();
      redaction.drop().forEach(key -> rules.add(RedactionRule.drop(key)));
      redaction.mask().forEach(key -> rules.add(RedactionRule.mask(key)));
      String secret = redaction.hashSecret();
      if (secret != null) {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        redaction.hash().forEach(key -> rules.add(RedactionRule.hash(key, bytes)));
        rules.add(RedactionRule.hashMarked(bytes));
      }
      return rules;
    }

    private static void sampleInto(
        EventPipeline.Builder builder, OtlpProperties.Sampling sampling) {
      for (OtlpProperties.Rule rule : sampling.rules()) {
        SamplingRule sampled = SamplingRule.ratio(rule.name(), rule.ratio());
        Double rate = rule.maxPerSecond();
        builder.sampling(rate == null ? sampled : sampled.withMaxPerSecond(rate));
      }
      if (sampling.adaptive().enabled()) {
        builder.adaptiveSampling(sampling.adaptive().settings());
      }
    }
  }

  /** Takes payloads apart as the application's own JSON does. */
  @Configuration(proxyBeanMethods = false)
  @Conditional(EventsEnabledCondition.class)
  @ConditionalOnClass(JsonMapper.class)
  static final class JacksonConfiguration {

    @Bean
    @ConditionalOnSingleCandidate(JsonMapper.class)
    @ConditionalOnMissingBean
    PayloadCodec otlpPayloadCodec(JsonMapper mapper) {
      return JacksonPayloads.using(mapper);
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
    static EmitEventAspect emitEventAspect(ListableBeanFactory beans, Environment environment) {
      return new EmitEventAspect(beans, AutoProxyRegistrar.classProxies(environment));
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    @ConditionalOnMissingBean(name = "emitEventAdvisor")
    static EmitEventAdvisor emitEventAdvisor(EmitEventAspect aspect) {
      return aspect.aroundTransactions();
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    @ConditionalOnClass(name = "org.springframework.transaction.support.TransactionSynchronization")
    @ConditionalOnMissingBean(name = "emitEventTransactionAdvisor")
    static EmitEventAdvisor emitEventTransactionAdvisor(EmitEventAspect aspect) {
      return aspect.withinTransactions();
    }
  }

  /** Published application events, where events are on. */
  @Configuration(proxyBeanMethods = false)
  @Conditional(EventsEnabledCondition.class)
  @ConditionalOnBooleanProperty(
      name = "otlp.events.bridge.application-events",
      matchIfMissing = true)
  static final class ApplicationEventsConfiguration {

    @Bean
    @ConditionalOnMissingBean
    static ApplicationEventBridge otlpApplicationEventBridge(ObjectProvider<EventEmitter> emitter) {
      return new ApplicationEventBridge(emitter::getObject);
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
