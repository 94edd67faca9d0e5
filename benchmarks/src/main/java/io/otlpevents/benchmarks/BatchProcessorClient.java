package io.otlpevents.benchmarks;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.logs.OtlpGrpcLogRecordExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessorBuilder;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import java.net.URI;
import java.time.Duration;
import java.util.BitSet;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** OpenTelemetry's {@code BatchLogRecordProcessor}. */
final class BatchProcessorClient implements Client {

  private static final AttributeKey<Long> NUMBER = AttributeKey.longKey(SampleEvent.NUMBER);

  private final CountingExporter exporter;
  private final SdkLoggerProvider provider;
  private final Logger logger;

  private BatchProcessorClient(boolean tuned, CountingExporter exporter) {
    this.exporter = exporter;
    BatchLogRecordProcessorBuilder processor = BatchLogRecordProcessor.builder(exporter);
    if (tuned) {
      processor.setMaxQueueSize(65_536).setMaxExportBatchSize(2_048);
    }
    this.provider = SdkLoggerProvider.builder().addLogRecordProcessor(processor.build()).build();
    this.logger = provider.get("io.otlpevents.benchmarks");
  }

  /** Sends to a receiver with OpenTelemetry's exporter as it comes, its retries included. */
  static BatchProcessorClient sendingTo(
      boolean tuned, Protocol protocol, URI endpoint, @Nullable AcknowledgedNumbers acknowledged) {
    LogRecordExporter exporter =
        protocol == Protocol.GRPC
            ? OtlpGrpcLogRecordExporter.builder().setEndpoint(endpoint.toString()).build()
            : OtlpHttpLogRecordExporter.builder()
                .setEndpoint(endpoint.resolve("/v1/logs").toString())
                .build();
    return new BatchProcessorClient(tuned, new CountingExporter(exporter, acknowledged));
  }

  /** Throws every batch away at once; does not even encode it. */
  static BatchProcessorClient discarding(boolean tuned) {
    return new BatchProcessorClient(tuned, new CountingExporter(null, null));
  }

  Logger logger() {
    return logger;
  }

  @Override
  public void emit(long number) {
    SampleEvent.emit(logger, number);
  }

  @Override
  public boolean flush(Duration timeout) {
    return provider.forceFlush().join(timeout.toNanos(), TimeUnit.NANOSECONDS).isSuccess();
  }

  @Override
  public long delivered() {
    return exporter.delivered.sum();
  }

  @Override
  public String books() {
    return "";
  }

  @Override
  public void close() {
    provider.shutdown().join(10, TimeUnit.SECONDS);
  }

  private static final class CountingExporter implements LogRecordExporter {

    private final @Nullable LogRecordExporter delegate;
    private final @Nullable AcknowledgedNumbers acknowledged;
    final LongAdder delivered = new LongAdder();

    CountingExporter(
        @Nullable LogRecordExporter delegate, @Nullable AcknowledgedNumbers acknowledged) {
      this.delegate = delegate;
      this.acknowledged = acknowledged;
    }

    @Override
    public CompletableResultCode export(Collection<LogRecordData> logs) {
      int count = logs.size();
      if (delegate == null) {
        delivered.add(count);
        return CompletableResultCode.ofSuccess();
      }
      BitSet numbers = acknowledged == null ? new BitSet(0) : numbers(logs);
      CompletableResultCode result = delegate.export(logs);
      result.whenComplete(
          () -> {
            if (result.isSuccess()) {
              delivered.add(count);
              if (acknowledged != null) {
                acknowledged.add(numbers);
              }
            }
          });
      return result;
    }

    private static BitSet numbers(Collection<LogRecordData> logs) {
      BitSet numbers = new BitSet();
      for (LogRecordData log : logs) {
        Long number = log.getAttributes().get(NUMBER);
        if (number != null) {
          numbers.set(number.intValue());
        }
      }
      return numbers;
    }

    @Override
    public CompletableResultCode flush() {
      return delegate == null ? CompletableResultCode.ofSuccess() : delegate.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
      return delegate == null ? CompletableResultCode.ofSuccess() : delegate.shutdown();
    }
  }
}
