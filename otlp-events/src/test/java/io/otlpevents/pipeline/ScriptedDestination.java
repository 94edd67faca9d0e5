package io.otlpevents.pipeline;

import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.otlpevents.delivery.DeliveryOutcome;
import io.otlpevents.delivery.Destination;
import io.otlpevents.delivery.EventBatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Answers as it is told and remembers what it took. */
final class ScriptedDestination implements Destination {

  /** Decides on a batch. */
  interface Script {
    void answer(int attempt, List<LogRecord> records, Consumer<DeliveryOutcome> done);
  }

  static final Script DELIVER = (attempt, records, done) -> done.accept(delivered());

  private final String name;
  final List<LogRecord> delivered = new CopyOnWriteArrayList<>();
  final List<Integer> contentLengths = new CopyOnWriteArrayList<>();
  volatile Script script = DELIVER;
  volatile boolean closed;
  private volatile int attempts;

  ScriptedDestination(String name) {
    this.name = name;
  }

  static DeliveryOutcome delivered() {
    return new DeliveryOutcome.Delivered();
  }

  static DeliveryOutcome retry() {
    return new DeliveryOutcome.Retry("not now", null);
  }

  @Override
  public String name() {
    return name;
  }

  int attempts() {
    return attempts;
  }

  @Override
  @SuppressWarnings("NonAtomicOperationOnVolatileField") // one thread sends
  public void send(EventBatch batch, Consumer<DeliveryOutcome> done) {
    attempts++;
    List<LogRecord> records = records(batch);
    script.answer(
        attempts,
        records,
        outcome -> {
          if (outcome instanceof DeliveryOutcome.Delivered) {
            delivered.addAll(records);
          }
          done.accept(outcome);
        });
  }

  private List<LogRecord> records(EventBatch batch) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      batch.writeTo(bytes);
      if (bytes.size() != batch.contentLength()) {
        throw new AssertionError("wrote " + bytes.size() + " of " + batch.contentLength());
      }
      contentLengths.add(bytes.size());
      List<LogRecord> records = new ArrayList<>();
      ExportLogsServiceRequest.parseFrom(bytes.toByteArray())
          .getResourceLogsList()
          .forEach(
              resource ->
                  resource
                      .getScopeLogsList()
                      .forEach(scope -> records.addAll(scope.getLogRecordsList())));
      if (records.size() != batch.count()) {
        throw new AssertionError("batch of " + batch.count() + " has " + records.size());
      }
      return records;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
