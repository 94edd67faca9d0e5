package io.otlpevents.propagation.kafka;

import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.listener.AbstractMessageListenerContainer;

/**
 * Looks at the containers of listeners before the first of them starts: a customizer may have given
 * one of them an interceptor or an observation that its factory does not know of.
 */
public final class ListenerContainerTracing implements SmartLifecycle {

  private final KafkaTracePropagation propagation;
  private final ObjectProvider<KafkaListenerEndpointRegistry> registries;
  private volatile boolean running;

  /** Creates it. */
  public ListenerContainerTracing(
      KafkaTracePropagation propagation, ObjectProvider<KafkaListenerEndpointRegistry> registries) {
    this.propagation = propagation;
    this.registries = registries;
  }

  @Override
  public void start() {
    registries.stream()
        .flatMap(registry -> registry.getListenerContainers().stream())
        .flatMap(
            container ->
                container instanceof AbstractMessageListenerContainer<?, ?> known
                    ? Stream.of(known)
                    : Stream.empty())
        .forEach(propagation::addTo);
    running = true;
  }

  @Override
  public void stop() {
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Before everything else. */
  @Override
  public int getPhase() {
    return Integer.MIN_VALUE;
  }
}
