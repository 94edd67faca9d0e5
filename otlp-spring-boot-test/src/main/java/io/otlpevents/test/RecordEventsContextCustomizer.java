package io.otlpevents.test;

import io.otlpevents.autoconfigure.EventPipelineCustomizer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

/** Replaces the destinations of an application by one that keeps the events. */
final class RecordEventsContextCustomizer implements ContextCustomizer {

  @Override
  public void customizeContext(
      ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
    TestPropertyValues.of("otlp.events.enabled=true").applyTo(context);
    RecordingDestination destination = new RecordingDestination();
    BeanDefinitionRegistry beans = (BeanDefinitionRegistry) context.getBeanFactory();
    // As a destination, it spares the application to set up its receiver.
    beans.registerBeanDefinition(
        "otlpRecordingDestination",
        new RootBeanDefinition(RecordingDestination.class, () -> destination));
    beans.registerBeanDefinition(
        "otlpRecordingCustomizer",
        new RootBeanDefinition(
            EventPipelineCustomizer.class,
            () ->
                builder ->
                    builder
                        .onlyDestination(destination, RecordingDestination.DELIVERY)
                        .enricher(new TestMarker(destination))));
  }

  /** All are equal, so that tests share their application contexts. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RecordEventsContextCustomizer;
  }

  @Override
  public int hashCode() {
    return RecordEventsContextCustomizer.class.hashCode();
  }
}
