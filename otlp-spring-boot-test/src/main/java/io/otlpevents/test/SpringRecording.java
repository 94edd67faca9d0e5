package io.otlpevents.test;

import io.otlpevents.autoconfigure.ManagedEventPipeline;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.context.ApplicationContext;
import org.springframework.test.context.junit.jupiter.SpringExtension;

/** Finds the pipeline of a test's application context. Apart, because Spring may be missing. */
final class SpringRecording {

  private SpringRecording() {}

  static EmittedEvents open(ExtensionContext context) {
    ApplicationContext application = SpringExtension.getApplicationContext(context);
    ManagedEventPipeline pipeline =
        application.getBeanProvider(ManagedEventPipeline.class).getIfAvailable();
    RecordingDestination destination =
        application.getBeanProvider(RecordingDestination.class).getIfAvailable();
    if (pipeline == null || destination == null) {
      throw new IllegalStateException(
          "@RecordEvents finds no event pipeline in the application context. Where a test has only a"
              + " slice of the application, such as @WebMvcTest, add"
              + " @ImportAutoConfiguration(OtlpEventsAutoConfiguration.class); otherwise see whether"
              + " management.opentelemetry.enabled=false or OTEL_SDK_DISABLED=true is set.");
    }
    return EmittedEvents.of(pipeline.pipeline(), destination);
  }
}
