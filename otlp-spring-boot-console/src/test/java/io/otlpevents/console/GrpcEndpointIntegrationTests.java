package io.otlpevents.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GrpcEndpointIntegrationTests {

  private static final int MAX_REQUEST_BYTES = 100_000;

  private OtlpReceiver receiver;
  private ManagedChannel channel;
  private LogsServiceGrpc.LogsServiceBlockingStub client;

  @BeforeEach
  void start() {
    receiver =
        OtlpReceiver.builder()
            .grpcPort(0)
            .httpPort(0)
            .maxRequestBytes(MAX_REQUEST_BYTES)
            .build()
            .start();
    channel =
        ManagedChannelBuilder.forAddress("127.0.0.1", receiver.grpcPort()).usePlaintext().build();
    client = LogsServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() throws Exception {
    channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    receiver.close();
  }

  @Test
  void receivesAnExport() {
    assertThat(client.export(Exports.of(Exports.FULL_RECORD)))
        .isEqualTo(ExportLogsServiceResponse.getDefaultInstance());

    assertReceivedFullRecord();
  }

  @Test
  void receivesACompressedExport() {
    client.withCompression("gzip").export(Exports.of(Exports.FULL_RECORD));

    assertReceivedFullRecord();
  }

  @Test
  void acceptsARequestJustWithinTheLimit() {
    client.export(Exports.ofSize(MAX_REQUEST_BYTES - 500));

    assertThat(receiver.stats().received()).isEqualTo(1);
  }

  @Test
  void refusesALargeRequest() {
    assertThat(refusal(client)).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertStillServes();
  }

  @Test
  void refusesARequestThatIsLargeOnlyOnceDecompressed() {
    assertThat(refusal(client.withCompression("gzip"))).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertStillServes();
  }

  @Test
  void refusesMalformedBytesWithACodeThatIsNotRetried() {
    MethodDescriptor<byte[], byte[]> export =
        MethodDescriptor.<byte[], byte[]>newBuilder(new Bytes(), new Bytes())
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(LogsServiceGrpc.getExportMethod().getFullMethodName())
            .build();
    CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS);

    assertThatThrownBy(
            () -> ClientCalls.blockingUnaryCall(channel, export, options, new byte[] {10, 99, 1}))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT));
    assertStillServes();
  }

  @Test
  void implementsOnlyLogs() {
    StatusRuntimeException refused =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                TraceServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(20, TimeUnit.SECONDS)
                    .export(ExportTraceServiceRequest.getDefaultInstance()));

    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
  }

  private static Status.Code refusal(LogsServiceGrpc.LogsServiceBlockingStub client) {
    StatusRuntimeException refused =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> client.export(Exports.ofSize(20 * MAX_REQUEST_BYTES)));
    return refused.getStatus().getCode();
  }

  private void assertStillServes() {
    assertThat(receiver.stats()).isEqualTo(new ReceiverStats(0, 0, 0, 0));
    client.export(Exports.named("a"));
    assertThat(receiver.stats()).isEqualTo(new ReceiverStats(1, 1, 0, 1));
  }

  private void assertReceivedFullRecord() {
    assertThat(receiver.events())
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.transport()).isEqualTo(Transport.GRPC);
              assertThat(event.resource()).isEqualTo(Exports.RESOURCE);
              assertThat(event.scope()).isEqualTo(Exports.SCOPE);
              assertThat(event.logRecord()).isEqualTo(Exports.FULL_RECORD);
            });
  }

  /** Sends bytes as they are. */
  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      return new byte[0];
    }
  }
}
