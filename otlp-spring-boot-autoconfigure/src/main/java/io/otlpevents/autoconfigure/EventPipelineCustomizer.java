package io.otlpevents.autoconfigure;

import io.otlpevents.pipeline.EventPipeline;

/**
 * Adjusts the pipeline before it is built. All beans of this type are called, in their order, after
 * the properties have been applied, so that they win.
 */
@FunctionalInterface
public interface EventPipelineCustomizer {

  /** Adjusts the pipeline that is about to be built. */
  void customize(EventPipeline.Builder builder);
}
