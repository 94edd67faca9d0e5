package io.otlpevents.autoconfigure;

import io.otlpevents.propagation.TracePropagation;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.task.TaskDecorator;

/**
 * Takes the trace context along into tasks: {@code @Async} methods and whatever else runs in Spring
 * Boot's executors and schedulers, on virtual threads, too. Not where the application has a
 * decorator of its own, such as the one of {@code spring.task.execution.propagate-context}.
 */
@AutoConfiguration(
    after = OtlpPropagationAutoConfiguration.class,
    afterName = "org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration")
@ConditionalOnBean(TracePropagation.class)
public final class OtlpTaskPropagationAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean(TaskDecorator.class)
  TaskDecorator otlpTraceContextTaskDecorator(TracePropagation propagation) {
    return propagation::wrap;
  }
}
