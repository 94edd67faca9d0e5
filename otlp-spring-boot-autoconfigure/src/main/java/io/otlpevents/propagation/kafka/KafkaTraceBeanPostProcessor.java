package io.otlpevents.propagation.kafka;

import java.util.function.Supplier;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.kafka.config.AbstractKafkaListenerContainerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.core.RoutingKafkaTemplate;
import org.springframework.kafka.listener.AbstractMessageListenerContainer;

/**
 * Reaches the factories, templates and containers that are beans, whoever has made them. Beans of
 * the interceptors' own types would not do: Spring Boot uses such a bean only where it is the only
 * one.
 */
public final class KafkaTraceBeanPostProcessor implements BeanPostProcessor {

  private final Supplier<KafkaTracePropagation> propagation;

  /**
   * Creates it.
   *
   * @param propagation asked when the first of those beans is made
   */
  public KafkaTraceBeanPostProcessor(Supplier<KafkaTracePropagation> propagation) {
    this.propagation = propagation;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    if (bean instanceof ProducerFactory<?, ?> factory) {
      propagation.get().addTo(factory);
    } else if (bean instanceof KafkaTemplate<?, ?> template
        // Has several factories, and throws if it is asked for one.
        && !(bean instanceof RoutingKafkaTemplate)) {
      propagation.get().addTo(template.getProducerFactory());
    } else if (bean instanceof AbstractKafkaListenerContainerFactory<?, ?, ?> factory) {
      propagation.get().addTo(factory);
    } else if (bean instanceof AbstractMessageListenerContainer<?, ?> container) {
      propagation.get().addTo(container);
    }
    return bean;
  }
}
