package io.otlpevents.propagation.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.otlpevents.delivery.DeliveryOutcome;
import io.otlpevents.delivery.Destination;
import io.otlpevents.delivery.EventBatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Keeps the events that the application emits. */
public final class CollectedEvents implements Destination {

  private final List<LogRecord> records = new CopyOnWriteArrayList<>();

  @Override
  public String name() {
    return "collected";
  }

  @Override
  public void send(EventBatch batch, Consumer<DeliveryOutcome> done) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      batch.writeTo(bytes);
      ExportLogsServiceRequest.parseFrom(bytes.toByteArray()).getResourceLogsList().stream()
          .flatMap(logs -> logs.getScopeLogsList().stream())
          .forEach(logs -> records.addAll(logs.getLogRecordsList()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    done.accept(new DeliveryOutcome.Delivered());
  }

  @Override
  public void close() {}

  /** Adds one that another process has collected. */
  public void add(LogRecord record) {
    records.add(record);
  }

  /** All so far. */
  public List<LogRecord> records() {
    return List.copyOf(records);
  }

  public void clear() {
    records.clear();
  }

  /** The only event with a name. */
  LogRecord event(String name) {
    List<LogRecord> found =
        records.stream().filter(record -> record.getEventName().equals(name)).toList();
    assertThat(found).as("events named " + name).hasSize(1);
    return found.get(0);
  }

  public String traceId(String event) {
    return HexFormat.of().formatHex(event(event).getTraceId().toByteArray());
  }

  public String spanId(String event) {
    return HexFormat.of().formatHex(event(event).getSpanId().toByteArray());
  }
}
