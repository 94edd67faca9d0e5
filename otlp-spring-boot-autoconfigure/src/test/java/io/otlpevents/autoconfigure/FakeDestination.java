package io.otlpevents.autoconfigure;

import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.otlpevents.delivery.DeliveryOutcome;
import io.otlpevents.delivery.Destination;
import io.otlpevents.delivery.EventBatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Keeps what it is given; answers at once, or never. */
final class FakeDestination implements Destination {

  final List<ExportLogsServiceRequest> requests = new CopyOnWriteArrayList<>();
  final AtomicInteger closed = new AtomicInteger();
  private final boolean answers;

  private FakeDestination(boolean answers) {
    this.answers = answers;
  }

  static FakeDestination answering() {
    return new FakeDestination(true);
  }

  static FakeDestination silent() {
    return new FakeDestination(false);
  }

  List<LogRecord> events() {
    return requests.stream()
        .flatMap(request -> request.getResourceLogsList().stream())
        .flatMap(logs -> logs.getScopeLogsList().stream())
        .flatMap(logs -> logs.getLogRecordsList().stream())
        .toList();
  }

  List<String> eventNames() {
    return events().stream().map(LogRecord::getEventName).toList();
  }

  Map<String, String> resource() {
    ResourceLogs logs = requests.get(0).getResourceLogs(0);
    return texts(logs.getResource().getAttributesList());
  }

  static Map<String, String> texts(List<KeyValue> attributes) {
    return attributes.stream()
        .collect(Collectors.toMap(KeyValue::getKey, entry -> entry.getValue().getStringValue()));
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public void send(EventBatch batch, Consumer<DeliveryOutcome> done) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      batch.writeTo(bytes);
      requests.add(ExportLogsServiceRequest.parseFrom(bytes.toByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (answers) {
      done.accept(new DeliveryOutcome.Delivered());
    }
  }

  @Override
  public void close() {
    closed.incrementAndGet();
  }
}
