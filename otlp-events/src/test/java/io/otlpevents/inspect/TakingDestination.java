package io.otlpevents.inspect;

import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.otlpevents.delivery.DeliveryOutcome;
import io.otlpevents.delivery.Destination;
import io.otlpevents.delivery.EventBatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Remembers what it is sent, at first; acknowledges it, or never answers. */
final class TakingDestination implements Destination {

  /** A test that floods it must not run out of memory. */
  private static final int MAX_REMEMBERED = 1000;

  private final String name;
  private final boolean acknowledges;
  final List<ExportLogsServiceRequest> taken = new CopyOnWriteArrayList<>();

  TakingDestination(String name, boolean acknowledges) {
    this.name = name;
    this.acknowledges = acknowledges;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void send(EventBatch batch, Consumer<DeliveryOutcome> done) {
    if (taken.size() < MAX_REMEMBERED) {
      remember(batch);
    }
    if (acknowledges) {
      done.accept(new DeliveryOutcome.Delivered());
    }
  }

  private void remember(EventBatch batch) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      batch.writeTo(bytes);
      taken.add(ExportLogsServiceRequest.parseFrom(bytes.toByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<LogRecord> records() {
    return taken.stream()
        .flatMap(request -> request.getResourceLogsList().stream())
        .flatMap(resource -> resource.getScopeLogsList().stream())
        .flatMap(scope -> scope.getLogRecordsList().stream())
        .toList();
  }

  @Override
  public void close() {}
}
