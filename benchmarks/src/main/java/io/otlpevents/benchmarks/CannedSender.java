package io.otlpevents.benchmarks;

import io.opentelemetry.sdk.common.export.Compressor;
import io.opentelemetry.sdk.common.export.GrpcSender;
import io.opentelemetry.sdk.common.export.GrpcSenderConfig;
import io.opentelemetry.sdk.common.export.GrpcSenderProvider;
import io.opentelemetry.sdk.common.export.GrpcStatusCode;
import io.opentelemetry.sdk.common.export.HttpSender;
import io.opentelemetry.sdk.common.export.HttpSenderConfig;
import io.opentelemetry.sdk.common.export.HttpSenderProvider;
import io.opentelemetry.sdk.common.export.MessageWriter;
import io.opentelemetry.sdk.common.export.ProxyOptions;
import io.opentelemetry.sdk.common.export.RetryPolicy;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Sends ready requests through OpenTelemetry's sender, set up as the engine sets it up, with a
 * bounded number under way. What it reaches is the limit for anyone who uses this sender.
 */
final class CannedSender implements AutoCloseable {

  private interface Transport {
    void send(MessageWriter message, Consumer<Boolean> done);
  }

  private final ExecutorService executor =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "canned");
            thread.setDaemon(true);
            return thread;
          });
  private final Semaphore room;
  private final int inFlight;
  private final Transport transport;
  private final Runnable shutdown;
  private final LongAdder delivered = new LongAdder();
  private long sent;

  CannedSender(Protocol protocol, URI endpoint, int inFlight) {
    this.room = new Semaphore(inFlight);
    this.inFlight = inFlight;
    if (protocol == Protocol.GRPC) {
      GrpcSender sender =
          ServiceLoader.load(GrpcSenderProvider.class)
              .findFirst()
              .orElseThrow()
              .createSender(new Config(endpoint, executor));
      transport =
          (message, done) ->
              sender.send(
                  message,
                  response -> done.accept(response.getStatusCode() == GrpcStatusCode.OK),
                  error -> done.accept(false));
      shutdown = sender::shutdown;
    } else {
      HttpSender sender =
          ServiceLoader.load(HttpSenderProvider.class)
              .findFirst()
              .orElseThrow()
              .createSender(new Config(endpoint.resolve("/v1/logs"), executor));
      transport =
          (message, done) ->
              sender.send(
                  message,
                  response -> done.accept(response.getStatusCode() == 200),
                  error -> done.accept(false));
      shutdown = sender::shutdown;
    }
  }

  /** Sends one request, waiting for room before. For one thread. */
  void send(CannedRequest request) {
    room.acquireUninterruptibly();
    sent += request.count();
    transport.send(
        request,
        accepted -> {
          if (accepted) {
            delivered.add(request.count());
          }
          room.release();
        });
  }

  /** Waits for the answers to everything that was sent. */
  void flush() {
    room.acquireUninterruptibly(inFlight);
    room.release(inFlight);
  }

  long sent() {
    return sent;
  }

  long delivered() {
    return delivered.sum();
  }

  @Override
  public void close() {
    shutdown.run();
    executor.shutdownNow();
  }

  private record Config(URI endpoint, ExecutorService executor)
      implements GrpcSenderConfig, HttpSenderConfig {

    @Override
    public URI getEndpoint() {
      return endpoint;
    }

    @Override
    public String getFullMethodName() {
      return "opentelemetry.proto.collector.logs.v1.LogsService/Export";
    }

    @Override
    public String getContentType() {
      return "application/x-protobuf";
    }

    @Override
    public @Nullable Compressor getCompressor() {
      return null;
    }

    @Override
    public Duration getTimeout() {
      return Duration.ofSeconds(10);
    }

    @Override
    public Duration getConnectTimeout() {
      return Duration.ofSeconds(10);
    }

    @Override
    public Supplier<Map<String, List<String>>> getHeadersSupplier() {
      return Map::of;
    }

    @Override
    public @Nullable ProxyOptions getProxyOptions() {
      return null;
    }

    @Override
    public @Nullable RetryPolicy getRetryPolicy() {
      return null;
    }

    @Override
    public @Nullable SSLContext getSslContext() {
      return null;
    }

    @Override
    public @Nullable X509TrustManager getTrustManager() {
      return null;
    }

    @Override
    public ExecutorService getExecutorService() {
      return executor;
    }

    @Override
    public long getMaxResponseBodySize() {
      return 64 * 1024;
    }
  }
}
