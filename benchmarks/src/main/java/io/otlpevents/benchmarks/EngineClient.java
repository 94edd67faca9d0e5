package io.otlpevents.benchmarks;

import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.otlpevents.EventEmitter;
import io.otlpevents.delivery.DeliveryOutcome;
import io.otlpevents.delivery.DeliveryOutcome.Delivered;
import io.otlpevents.delivery.Destination;
import io.otlpevents.delivery.EventBatch;
import io.otlpevents.journal.DiskSettings;
import io.otlpevents.journal.FsyncPolicy;
import io.otlpevents.journal.JournalSettings;
import io.otlpevents.journal.OverflowPolicy;
import io.otlpevents.ledger.DestinationAccount;
import io.otlpevents.ledger.Ledger;
import io.otlpevents.otlp.OtlpGrpcDestination;
import io.otlpevents.otlp.OtlpHttpDestination;
import io.otlpevents.otlp.OtlpSettings;
import io.otlpevents.pipeline.EventPipeline;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** This project's engine. */
final class EngineClient implements Client {

  private final EventPipeline pipeline;
  private final EventEmitter emitter;

  private EngineClient(Destination destination) {
    this(destination, JournalSettings.defaults().withOverflow(OverflowPolicy.BLOCK));
  }

  private EngineClient(Destination destination, JournalSettings journal) {
    this.pipeline = EventPipeline.builder().journal(journal).destination(destination).build();
    this.emitter = pipeline.emitter();
  }

  /** A journal in files, otherwise as the one in memory. */
  static JournalSettings onDisk(Path directory, FsyncPolicy fsync) {
    return JournalSettings.onDisk(DiskSettings.in(directory).withFsync(fsync))
        .withOverflow(OverflowPolicy.BLOCK);
  }

  /** As {@link #discarding()}, with another journal. */
  static EngineClient discarding(JournalSettings journal) {
    return new EngineClient(new Discarding(), journal);
  }

  /** Delivers nothing: each request is to be sent again. */
  static EngineClient dead(JournalSettings journal) {
    return new EngineClient(new Dead(), journal);
  }

  /** Sends to a receiver from this journal. */
  static EngineClient sendingTo(Protocol protocol, URI endpoint, JournalSettings journal) {
    return new EngineClient(destination(protocol, endpoint), journal);
  }

  private static Destination destination(Protocol protocol, URI endpoint) {
    OtlpSettings settings = OtlpSettings.builder(endpoint).build();
    return protocol == Protocol.GRPC
        ? OtlpGrpcDestination.create(settings)
        : OtlpHttpDestination.create(settings);
  }

  /** Sends to a receiver. */
  static EngineClient sendingTo(
      Protocol protocol, URI endpoint, @Nullable AcknowledgedNumbers acknowledged) {
    Destination destination = destination(protocol, endpoint);
    return new EngineClient(
        acknowledged == null ? destination : new Noting(destination, acknowledged));
  }

  /** Reports every batch delivered at once, so that only the engine's own work is seen. */
  static EngineClient discarding() {
    return new EngineClient(new Discarding());
  }

  /** Hands the bytes of each request to this consumer. */
  static EngineClient capturing(Consumer<CannedRequest> consumer) {
    return new EngineClient(new Capturing(consumer));
  }

  EventEmitter emitter() {
    return emitter;
  }

  Ledger.Snapshot ledger() {
    return pipeline.ledger().snapshot();
  }

  /** Closes without waiting for what is left. */
  void abandon() {
    pipeline.close(Duration.ZERO);
  }

  @Override
  public void emit(long number) {
    SampleEvent.emit(emitter, number);
  }

  @Override
  public boolean flush(Duration timeout) {
    return pipeline.flush(timeout).complete();
  }

  @Override
  public long delivered() {
    return ledger().destinations().values().stream()
        .mapToLong(DestinationAccount.Snapshot::delivered)
        .sum();
  }

  @Override
  public String books() {
    Ledger.Snapshot ledger = ledger();
    DestinationAccount.Snapshot account = ledger.destinations().values().iterator().next();
    return "emitted %d = appended %d + rejected %d; delivered %d, refused %d, evicted %d, pending %d; retries %d; %s"
        .formatted(
            ledger.emitted(),
            ledger.appended(),
            ledger.rejectedTotal(),
            account.delivered(),
            account.refusedTotal(),
            account.evictedTotal(),
            account.pending(),
            account.retries(),
            ledger.isBalanced() ? "balanced" : "NOT BALANCED");
  }

  @Override
  public void close() {
    pipeline.close();
  }

  private static byte[] bytes(EventBatch batch) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(batch.contentLength());
    try {
      batch.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static final class Discarding implements Destination {

    @Override
    public String name() {
      return "discarding";
    }

    @Override
    public boolean releasesBatches() {
      return true;
    }

    @Override
    public void send(EventBatch batch, Consumer<DeliveryOutcome> done) {
      done.accept(new Delivered());
    }

    @Override
    public void close() {}
  }

  private static final class Dead implements Destination {

    @Override
    public String name() {
      return "discarding";
    }

    @Override
    public void send(EventBatch batch, Consumer<DeliveryOutcome> done) {
      done.accept(new DeliveryOutcome.Retry("dead", null));
    }

    @Override
    public boolean releasesBatches() {
      return true;
    }

    @Override
    public void close() {}
  }

  private record Capturing(Consumer<CannedRequest> consumer) implements Destination {

    @Override
    public String name() {
      return "capturing";
    }

    @Override
    public void send(EventBatch batch, Consumer<DeliveryOutcome> done) {
      consumer.accept(new CannedRequest(bytes(batch), batch.count()));
      done.accept(new Delivered());
    }

    @Override
    public void close() {}
  }

  /** Passes batches on and notes the numbers of those that arrived. */
  private record Noting(Destination destination, AcknowledgedNumbers acknowledged)
      implements Destination {

    @Override
    public String name() {
      return destination.name();
    }

    @Override
    public void send(EventBatch batch, Consumer<DeliveryOutcome> done) {
      BitSet numbers = numbers(bytes(batch));
      destination.send(
          batch,
          outcome -> {
            if (outcome instanceof Delivered) {
              acknowledged.add(numbers);
            }
            done.accept(outcome);
          });
    }

    @Override
    public boolean releasesBatches() {
      return destination.releasesBatches();
    }

    private static BitSet numbers(byte[] request) {
      BitSet numbers = new BitSet();
      try {
        for (ResourceLogs resource :
            ExportLogsServiceRequest.parseFrom(request).getResourceLogsList()) {
          for (ScopeLogs scope : resource.getScopeLogsList()) {
            for (LogRecord event : scope.getLogRecordsList()) {
              for (KeyValue attribute : event.getAttributesList()) {
                if (attribute.getKey().equals(SampleEvent.NUMBER)) {
                  numbers.set((int) attribute.getValue().getIntValue());
                }
              }
            }
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return numbers;
    }

    @Override
    public void close() {
      try {
        destination.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
