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
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Keeps what it is given; answers at once, or never where the answer is null. */
final class FakeDestination implements Destination {

  final List<ExportLogsServiceRequest> requests = new CopyOnWriteArrayList<>();
  final AtomicInteger closed = new AtomicInteger();
  private final Function<ExportLogsServiceRequest, @Nullable DeliveryOutcome> answers;

  private FakeDestination(Function<ExportLogsServiceRequest, @Nullable DeliveryOutcome> answers) {
    this.answers = answers;
  }

  static FakeDestination answering() {
    return answering(request -> new DeliveryOutcome.Delivered());
  }

  static FakeDestination answering(
      Function<ExportLogsServiceRequest, @Nullable DeliveryOutcome> answers) {
    return new FakeDestination(answers);
  }

  static FakeDestination silent() {
    return new FakeDestination(request -> null);
  }

  static List<LogRecord> events(ExportLogsServiceRequest request) {
    return request.getResourceLogsList().stream()
        .flatMap(logs -> logs.getScopeLogsList().stream())
        .flatMap(logs -> logs.getLogRecordsList().stream())
        .toList();
  }

  List<LogRecord> events() {
    return requests.stream().flatMap(request -> events(request).stream()).toList();
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
    ExportLogsServiceRequest request;
    try {
      batch.writeTo(bytes);
      request = ExportLogsServiceRequest.parseFrom(bytes.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    requests.add(request);
    DeliveryOutcome outcome = answers.apply(request);
    if (outcome != null) {
      done.accept(outcome);
    }
  }

  @Override
  public void close() {
    closed.incrementAndGet();
  }
}
