package io.otlpevents.otlp;

import io.opentelemetry.sdk.common.export.Compressor;
import io.opentelemetry.sdk.common.export.GrpcSenderConfig;
import io.opentelemetry.sdk.common.export.HttpSenderConfig;
import io.opentelemetry.sdk.common.export.ProxyOptions;
import io.opentelemetry.sdk.common.export.RetryPolicy;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Our settings in the words of OpenTelemetry's senders. */
record SenderConfig(
    OtlpSettings settings,
    URI endpoint,
    String contentType,
    RequestHeaders headers,
    ExecutorService executor)
    implements GrpcSenderConfig, HttpSenderConfig {

  static final String METHOD = "opentelemetry.proto.collector.logs.v1.LogsService/Export";

  /** Answers are a few bytes; a receiver that sends more is not read further. */
  private static final long MAX_RESPONSE = 64 * 1024;

  @Override
  public URI getEndpoint() {
    return endpoint;
  }

  @Override
  public String getFullMethodName() {
    return METHOD;
  }

  @Override
  public String getContentType() {
    return contentType;
  }

  @Override
  public @Nullable Compressor getCompressor() {
    return settings.compression().compressor();
  }

  @Override
  public Duration getTimeout() {
    return settings.timeout();
  }

  @Override
  public Duration getConnectTimeout() {
    return settings.connectTimeout();
  }

  @Override
  public Supplier<Map<String, List<String>>> getHeadersSupplier() {
    return headers::all;
  }

  @Override
  public @Nullable ProxyOptions getProxyOptions() {
    OtlpSettings.ProxyServer proxy = settings.proxy();
    return proxy == null
        ? null
        : ProxyOptions.create(new InetSocketAddress(proxy.host(), proxy.port()));
  }

  /** None: the dispatcher retries, and without a limit that loses events. */
  @Override
  public @Nullable RetryPolicy getRetryPolicy() {
    return null;
  }

  @Override
  public @Nullable SSLContext getSslContext() {
    return settings.sslContext();
  }

  @Override
  public @Nullable X509TrustManager getTrustManager() {
    return settings.trustManager();
  }

  /** Ours, because the senders' own executor rejects requests above five. */
  @Override
  public ExecutorService getExecutorService() {
    return executor;
  }

  @Override
  public long getMaxResponseBodySize() {
    return MAX_RESPONSE;
  }
}
