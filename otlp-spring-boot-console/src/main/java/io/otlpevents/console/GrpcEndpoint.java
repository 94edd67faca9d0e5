package io.otlpevents.console;

import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** OTLP/gRPC: the export method of the logs service. gzip is accepted by gRPC itself. */
final class GrpcEndpoint {

  private static final int MAX_CALLS_PER_CONNECTION = 32;
  private static final long GRACE_SECONDS = 1;

  private final ExecutorService executor;
  private final Server server;

  private GrpcEndpoint(ExecutorService executor, Server server) {
    this.executor = executor;
    this.server = server;
  }

  static GrpcEndpoint start(InetSocketAddress address, int maxRequestBytes, Intake intake)
      throws IOException {
    ExecutorService executor = DaemonThreads.pool("otlp-receiver-grpc");
    try {
      Server server =
          NettyServerBuilder.forAddress(address)
              .executor(executor)
              .maxInboundMessageSize(maxRequestBytes)
              .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
              .addService(logsService(intake))
              .build()
              .start();
      return new GrpcEndpoint(executor, server);
    } catch (IOException | RuntimeException e) {
      executor.shutdown();
      throw e;
    }
  }

  int port() {
    return server.getPort();
  }

  /** Lets the calls in progress finish for a moment. An interrupt ends that and stays set. */
  void close() {
    server.shutdown();
    try {
      if (!server.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS)) {
        server.shutdownNow();
        // The port is free again once this returns.
        server.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    executor.shutdown();
  }

  private static ServerServiceDefinition logsService(Intake intake) {
    MethodDescriptor<ExportLogsServiceRequest, ExportLogsServiceResponse> export =
        LogsServiceGrpc.getExportMethod();
    return ServerServiceDefinition.builder(LogsServiceGrpc.SERVICE_NAME)
        .addMethod(
            export.toBuilder(new Decoder(), export.getResponseMarshaller()).build(),
            ServerCalls.asyncUnaryCall((decoded, response) -> answer(decoded, response, intake)))
        .build();
  }

  private static void answer(
      Decoded decoded, StreamObserver<ExportLogsServiceResponse> response, Intake intake) {
    if (decoded.refusal() != null) {
      response.onError(decoded.refusal().asRuntimeException());
      return;
    }
    intake.accept(decoded.request(), Transport.GRPC);
    response.onNext(ExportLogsServiceResponse.getDefaultInstance());
    response.onCompleted();
  }

  /** A request, or why it is refused; the request is empty then. */
  private record Decoded(ExportLogsServiceRequest request, @Nullable Status refusal) {}

  /**
   * Carries failures to the handler: what a decoder throws, gRPC reports to the client as {@code
   * UNKNOWN}, which says nothing and may be retried for ever.
   */
  private static final class Decoder implements MethodDescriptor.Marshaller<Decoded> {

    @Override
    public Decoded parse(InputStream stream) {
      try {
        return new Decoded(ExportLogsServiceRequest.parseFrom(stream), null);
      } catch (IOException e) {
        return refused(
            Status.INVALID_ARGUMENT.withDescription("Not valid Protobuf: " + e.getMessage()));
      } catch (StatusRuntimeException e) {
        // Thrown by the stream when decompression exceeds the limit.
        return refused(e.getStatus());
      }
    }

    @Override
    public InputStream stream(Decoded value) {
      throw new UnsupportedOperationException("Requests are only received");
    }

    private static Decoded refused(Status status) {
      return new Decoded(ExportLogsServiceRequest.getDefaultInstance(), status);
    }
  }
}
