package io.otlpevents.otlp;

import com.github.luben.zstd.ZstdInputStream;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Decompressor;
import io.grpc.DecompressorRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.otlpevents.otlp.TestAuthority.ServerTls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/** OTLP over gRPC, scripted. */
final class GrpcReceiver extends ScriptedReceiver {

  private static final Context.Key<Map<String, String>> HEADERS = Context.key("headers");

  private final Server server;
  private final String scheme;

  GrpcReceiver() throws IOException {
    this(builder(0), "http");
  }

  /** With TLS, on this port or any if 0. */
  GrpcReceiver(ServerTls tls, int port) throws IOException {
    this(builder(port).sslContext(context(tls)), "https");
  }

  private GrpcReceiver(NettyServerBuilder builder, String scheme) throws IOException {
    this.scheme = scheme;
    MethodDescriptor<byte[], byte[]> export =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("opentelemetry.proto.collector.logs.v1.LogsService/Export")
            .setRequestMarshaller(new Bytes())
            .setResponseMarshaller(new Bytes())
            .build();
    server =
        builder
            .maxInboundMessageSize(8 << 20)
            .decompressorRegistry(DecompressorRegistry.getDefaultInstance().with(new Zstd(), true))
            .intercept(new HeaderCapture())
            .addService(
                ServerServiceDefinition.builder("opentelemetry.proto.collector.logs.v1.LogsService")
                    .addMethod(export, ServerCalls.asyncUnaryCall(this::handle))
                    .build())
            .build()
            .start();
  }

  private static NettyServerBuilder builder(int port) {
    return NettyServerBuilder.forAddress(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  private static SslContext context(ServerTls tls) throws SSLException {
    SslContextBuilder builder =
        GrpcSslContexts.configure(
            SslContextBuilder.forServer(tls.leaf().key(), tls.leaf().certificate()));
    if (!tls.clientAuthorities().isEmpty()) {
      builder.trustManager(tls.clientAuthorities()).clientAuth(ClientAuth.REQUIRE);
    }
    return builder.build();
  }

  @Override
  URI endpoint() {
    return URI.create(scheme + "://127.0.0.1:" + server.getPort());
  }

  private void handle(byte[] body, StreamObserver<byte[]> observer) {
    Answer answer = next();
    if (answer == Answer.NEVER) {
      return;
    }
    if (answer.isSuccess()) {
      try {
        sink.accept(new Received(ExportLogsServiceRequest.parseFrom(body), HEADERS.get()));
      } catch (InvalidProtocolBufferException e) {
        observer.onError(e);
        return;
      }
    }
    switch (answer) {
      case OK -> succeed(observer, new byte[0]);
      case PARTIAL -> succeed(observer, HttpReceiver.partial().toByteArray());
      case WARNED -> succeed(observer, HttpReceiver.warned().toByteArray());
      case GARBAGE -> succeed(observer, new byte[] {10, 99, 8});
      case UNAVAILABLE -> fail(observer, Status.UNAVAILABLE);
      case THROTTLED -> fail(observer, Status.RESOURCE_EXHAUSTED);
      case DELAYED -> delay(observer);
      case TOO_LARGE ->
          observer.onError(
              Status.RESOURCE_EXHAUSTED
                  .withDescription("grpc: received message larger than max (5 vs. 4)")
                  .asRuntimeException());
      case INDISCREET ->
          observer.onError(
              Status.INVALID_ARGUMENT
                  .withDescription("not you: " + HEADERS.get().get("authorization"))
                  .asRuntimeException());
      case MALFORMED -> fail(observer, Status.INVALID_ARGUMENT);
      case UNAUTHENTICATED -> fail(observer, Status.UNAUTHENTICATED);
      case FORBIDDEN -> fail(observer, Status.PERMISSION_DENIED);
      case UNIMPLEMENTED -> fail(observer, Status.UNIMPLEMENTED);
      default -> fail(observer, Status.INTERNAL);
    }
  }

  private static void succeed(StreamObserver<byte[]> observer, byte[] response) {
    observer.onNext(response);
    observer.onCompleted();
  }

  /** RESOURCE_EXHAUSTED with a google.rpc.RetryInfo of one second. */
  private static void delay(StreamObserver<byte[]> observer) {
    ByteString info = ByteString.copyFrom(new byte[] {10, 2, 8, 1});
    Any detail =
        Any.newBuilder()
            .setTypeUrl("type.googleapis.com/google.rpc.RetryInfo")
            .setValue(info)
            .build();
    byte[] any = detail.toByteArray();
    byte[] status = new byte[any.length + 4];
    status[0] = 8;
    status[1] = 8;
    status[2] = 3 << 3 | 2;
    status[3] = (byte) any.length;
    System.arraycopy(any, 0, status, 4, any.length);
    Metadata trailers = new Metadata();
    trailers.put(
        Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER), status);
    observer.onError(Status.RESOURCE_EXHAUSTED.asRuntimeException(trailers));
  }

  private static void fail(StreamObserver<byte[]> observer, Status status) {
    observer.onError(status.withDescription("as told").asRuntimeException());
  }

  @Override
  void stop() {
    try {
      // Its port may be wanted again.
      server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static final class Zstd implements Decompressor {

    @Override
    public String getMessageEncoding() {
      return "zstd";
    }

    @Override
    public InputStream decompress(InputStream compressed) throws IOException {
      return new ZstdInputStream(compressed);
    }
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static final class HeaderCapture implements ServerInterceptor {

    @Override
    public <Q, S> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, S> call, Metadata metadata, ServerCallHandler<Q, S> next) {
      Map<String, String> headers = caseInsensitive();
      for (String key : metadata.keys()) {
        if (!key.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
          headers.put(key, metadata.get(Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER)));
        }
      }
      return Contexts.interceptCall(
          Context.current().withValue(HEADERS, headers), call, metadata, next);
    }
  }
}
