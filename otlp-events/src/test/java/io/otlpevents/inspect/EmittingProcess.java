package io.otlpevents.inspect;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.resources.Resource;
import io.otlpevents.journal.DiskSettings;
import io.otlpevents.journal.JournalSettings;
import io.otlpevents.journal.OverflowPolicy;
import io.otlpevents.pipeline.EventPipeline;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** What runs in a process that is looked at and killed: emits until then, and says how much. */
final class EmittingProcess {

  private EmittingProcess() {}

  public static void main(String[] arguments) throws IOException {
    EventPipeline pipeline =
        EventPipeline.builder()
            .resource(Resource.create(Attributes.builder().put("service.name", "shop").build()))
            .journal(
                JournalSettings.onDisk(DiskSettings.in(Path.of(arguments[0])))
                    .withMaxEventSize(16 * 1024)
                    .withSegmentSize(64 * 1024)
                    .withOverflow(OverflowPolicy.BLOCK)
                    .withMaxBlock(Duration.ofSeconds(30))
                    .withMaxSize(64 * 1024 * 1024))
            .destination(new TakingDestination("otlp", false))
            .build();
    // The parent's end closes the pipe.
    while (System.in.read() >= 0) {
      for (int i = 0; i < 1000; i++) {
        pipeline.emitter().event("order.placed").attribute("number", i).emit();
      }
      System.out.println("1000");
    }
    Runtime.getRuntime().halt(3);
  }
}
