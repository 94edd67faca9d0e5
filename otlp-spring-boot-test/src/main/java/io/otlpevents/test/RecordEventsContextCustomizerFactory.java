package io.otlpevents.test;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.TestContextAnnotationUtils;
import org.springframework.util.ClassUtils;

/** Prepares the application contexts of tests with {@link RecordEvents}; found by Spring. */
final class RecordEventsContextCustomizerFactory implements ContextCustomizerFactory {

  private static final boolean HAS_PIPELINE =
      ClassUtils.isPresent(
          "io.otlpevents.autoconfigure.EventPipelineCustomizer",
          RecordEventsContextCustomizerFactory.class.getClassLoader());

  @Override
  public @Nullable ContextCustomizer createContextCustomizer(
      Class<?> testClass, List<ContextConfigurationAttributes> configAttributes) {
    return HAS_PIPELINE && TestContextAnnotationUtils.hasAnnotation(testClass, RecordEvents.class)
        ? new RecordEventsContextCustomizer()
        : null;
  }
}
