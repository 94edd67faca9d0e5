package io.otlpevents.console.autoconfigure;

import io.otlpevents.console.OtlpReceiver;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.boot.autoconfigure.AbstractDependsOnBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.ClassUtils;

/**
 * Runs an {@link OtlpReceiver} when {@code otlp.console.enabled} is {@code true}.
 *
 * <p>It listens as soon as its bean exists and until its bean is destroyed, which is before the
 * event emitter is created and after it is destroyed, so it misses neither the first event nor the
 * last flush. A receiver bean of the application takes its place; the application starts it, best
 * with {@code @Bean(initMethod = "start")}.
 */
@AutoConfiguration
@ConditionalOnProperty(
    prefix = OtlpConsoleProperties.PREFIX,
    name = "enabled",
    havingValue = "true")
@EnableConfigurationProperties(OtlpConsoleProperties.class)
public final class OtlpConsoleAutoConfiguration {

  private static final Log LOG = LogFactory.getLog(OtlpConsoleAutoConfiguration.class);

  @Bean(destroyMethod = "close")
  @Lazy(false)
  @ConditionalOnMissingBean
  OtlpReceiver otlpReceiver(OtlpConsoleProperties properties) {
    properties.validate();
    OtlpReceiver receiver =
        OtlpReceiver.builder()
            .host(properties.host())
            .grpcPort(properties.grpcPort())
            .httpPort(properties.httpPort())
            .maxEvents(properties.maxEvents())
            .maxBytes(properties.maxBytes().toBytes())
            .maxRequestBytes((int) properties.maxRequestBytes().toBytes())
            .build()
            .start();
    LOG.info(
        "OTLP receiver listens on %s, gRPC port %d, HTTP port %d; it lists events at /events"
            .formatted(receiver.host(), receiver.grpcPort(), receiver.httpPort()));
    return receiver;
  }

  /** The emitter's library is optional here, so its type is known by name only. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(name = EmitterConfiguration.EMITTER)
  static class EmitterConfiguration {

    static final String EMITTER = "io.otlpevents.EventEmitter";

    @Bean
    static ReceiverBeforeEmitter otlpReceiverBeforeEmitter(ResourceLoader resourceLoader) {
      return new ReceiverBeforeEmitter(
          ClassUtils.resolveClassName(EMITTER, resourceLoader.getClassLoader()));
    }
  }

  /** Creates the receiver before each emitter, and so destroys it after. */
  static final class ReceiverBeforeEmitter extends AbstractDependsOnBeanFactoryPostProcessor {

    ReceiverBeforeEmitter(Class<?> emitter) {
      super(emitter, OtlpReceiver.class);
    }
  }
}
