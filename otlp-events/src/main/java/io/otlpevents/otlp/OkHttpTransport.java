package io.otlpevents.otlp;

import io.opentelemetry.sdk.common.export.Compressor;
import io.opentelemetry.sdk.common.export.MessageWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Proxy;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.ConnectionPool;
import okhttp3.Credentials;
import okhttp3.Dispatcher;
import okhttp3.Headers;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okio.BufferedSink;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * Requests through OkHttp's public API, because OpenTelemetry's senders show neither headers nor
 * trailers of answers, and so no wish of the receiver's to wait.
 *
 * <p>OpenTelemetry has no public way to exempt a client from its Java agent: under the agent each
 * request makes a span, unless its OkHttp instrumentation is off ({@code
 * otel.instrumentation.okhttp.enabled=false}).
 */
final class OkHttpTransport implements Transport {

  private static final int MAX_RESPONSE = 64 * 1024;

  /** Up to here a gRPC message is read over, for the status comes after it. */
  private static final long MAX_SKIPPED = 4 << 20;

  private static final int FRAME_HEADER = 5;
  private static final int MANY = 1024;

  private final OkHttpClient client;
  private final Protocol protocol;
  private final String url;
  private final RequestHeaders headers;
  private final ExecutorService executor;
  private final @Nullable Compressor compressor;
  private final String timeoutMillis;

  /** For requests that a proxy reads; null where it only sees a tunnel, or asks for nothing. */
  private final @Nullable String proxyAuthorization;

  OkHttpTransport(
      OtlpSettings settings,
      URI endpoint,
      Protocol protocol,
      RequestHeaders headers,
      ExecutorService executor) {
    this.protocol = protocol;
    this.headers = headers;
    this.executor = executor;
    this.compressor = settings.compression().compressor();
    this.timeoutMillis = settings.timeout().toMillis() + "m";
    this.url =
        protocol == Protocol.GRPC
            ? endpoint.resolve("/" + SenderConfig.METHOD).toString()
            : endpoint.toString();
    boolean forwarded = protocol != Protocol.GRPC && "http".equalsIgnoreCase(endpoint.getScheme());
    this.proxyAuthorization =
        forwarded && settings.proxy() != null ? credentials(settings.proxy()) : null;
    this.client = client(settings, endpoint);
  }

  private OkHttpClient client(OtlpSettings settings, URI endpoint) {
    // The dispatcher above bounds the requests under way.
    Dispatcher dispatcher = new Dispatcher(executor);
    dispatcher.setMaxRequests(MANY);
    dispatcher.setMaxRequestsPerHost(MANY);
    boolean encrypted = "https".equalsIgnoreCase(endpoint.getScheme());
    OkHttpClient.Builder builder =
        new OkHttpClient.Builder()
            .dispatcher(dispatcher)
            .socketFactory(PromptSockets.INSTANCE)
            .connectionPool(
                new ConnectionPool(
                    settings.maxIdleConnections(),
                    settings.idleTimeout().toMillis(),
                    TimeUnit.MILLISECONDS))
            .connectTimeout(settings.connectTimeout())
            .callTimeout(settings.timeout())
            .readTimeout(0, TimeUnit.MILLISECONDS)
            .writeTimeout(0, TimeUnit.MILLISECONDS)
            .pingInterval(settings.keepAlive())
            // Our headers are meant for this receiver alone.
            .followRedirects(false)
            .followSslRedirects(false)
            .protocols(protocols(encrypted));
    if (settings.sslContext() != null && settings.trustManager() != null) {
      builder.sslSocketFactory(settings.sslContext().getSocketFactory(), settings.trustManager());
    }
    OtlpSettings.ProxyServer proxy = settings.proxy();
    if (proxy != null) {
      builder.proxy(
          new Proxy(
              Proxy.Type.HTTP, InetSocketAddress.createUnresolved(proxy.host(), proxy.port())));
      String credentials = credentials(proxy);
      if (credentials != null) {
        builder.proxyAuthenticator(
            (route, response) ->
                response.request().header("Proxy-Authorization") != null
                    ? null
                    : response
                        .request()
                        .newBuilder()
                        .header("Proxy-Authorization", credentials)
                        .build());
      }
    } else if (isLoopback(endpoint.getHost())) {
      builder.proxy(Proxy.NO_PROXY);
    }
    return builder.build();
  }

  private static @Nullable String credentials(OtlpSettings.ProxyServer proxy) {
    return proxy.user() == null || proxy.password() == null
        ? null
        : Credentials.basic(proxy.user(), proxy.password());
  }

  private List<okhttp3.Protocol> protocols(boolean encrypted) {
    if (encrypted) {
      return List.of(okhttp3.Protocol.HTTP_2, okhttp3.Protocol.HTTP_1_1);
    }
    return List.of(
        protocol == Protocol.GRPC
            ? okhttp3.Protocol.H2_PRIOR_KNOWLEDGE
            : okhttp3.Protocol.HTTP_1_1);
  }

  private static boolean isLoopback(String host) {
    return host.equalsIgnoreCase("localhost") || host.startsWith("127.") || host.equals("[::1]");
  }

  @Override
  public void send(MessageWriter body, Consumer<Response> answered, Consumer<Throwable> failed) {
    if (headers.supplied()) {
      // A supplier may fetch a token, which the caller must not wait for.
      executor.execute(() -> start(body, answered, failed));
    } else {
      start(body, answered, failed);
    }
  }

  private void start(MessageWriter body, Consumer<Response> answered, Consumer<Throwable> failed) {
    try {
      client.newCall(request(body)).enqueue(new Answer(answered, failed));
    } catch (Throwable e) {
      failed.accept(e);
    }
  }

  private Request request(MessageWriter body) {
    Request.Builder request = new Request.Builder().url(url);
    headers.all().forEach((name, values) -> request.header(name, values.get(0)));
    if (proxyAuthorization != null) {
      request.header("Proxy-Authorization", proxyAuthorization);
    }
    if (protocol == Protocol.GRPC) {
      request.header("te", "trailers").header("grpc-timeout", timeoutMillis);
      if (compressor != null) {
        request.header("grpc-encoding", compressor.getEncoding());
      }
      return request.post(new GrpcBody(body)).build();
    }
    if (compressor != null) {
      request.header("Content-Encoding", compressor.getEncoding());
    }
    return request.post(new HttpBody(body)).build();
  }

  @Override
  public void close() {
    client.dispatcher().cancelAll();
    client.connectionPool().evictAll();
  }

  /**
   * Sent once: whether and when a request is sent again is decided and counted elsewhere. Another
   * address of the host may still be tried while nothing has been sent.
   */
  private abstract class Body extends RequestBody {

    final MessageWriter body;

    Body(MessageWriter body) {
      this.body = body;
    }

    @Override
    public final boolean isOneShot() {
      return true;
    }

    @Override
    public final @Nullable MediaType contentType() {
      return MediaType.parse(protocol.contentType);
    }
  }

  private final class HttpBody extends Body {

    HttpBody(MessageWriter body) {
      super(body);
    }

    @Override
    public long contentLength() {
      return compressor == null ? body.getContentLength() : -1;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      if (compressor == null) {
        body.writeMessage(sink.outputStream());
        return;
      }
      try (OutputStream out = compressor.compress(sink.outputStream())) {
        body.writeMessage(out);
      }
    }
  }

  /** One message in the frame of gRPC: a flag for compression, four bytes of length, the bytes. */
  private final class GrpcBody extends Body {

    GrpcBody(MessageWriter body) {
      super(body);
    }

    @Override
    public long contentLength() {
      return compressor == null ? FRAME_HEADER + (long) body.getContentLength() : -1;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      if (compressor == null) {
        sink.writeByte(0).writeInt(body.getContentLength());
        body.writeMessage(sink.outputStream());
        return;
      }
      ByteArrayOutputStream compressed = new ByteArrayOutputStream();
      try (OutputStream out = compressor.compress(compressed)) {
        body.writeMessage(out);
      }
      sink.writeByte(1).writeInt(compressed.size()).write(compressed.toByteArray());
    }
  }

  private final class Answer implements Callback {

    private final Consumer<Response> answered;
    private final Consumer<Throwable> failed;

    Answer(Consumer<Response> answered, Consumer<Throwable> failed) {
      this.answered = answered;
      this.failed = failed;
    }

    @Override
    public void onFailure(Call call, IOException e) {
      if (e instanceof InterruptedIOException) {
        // A connection that swallows requests would otherwise be tried again for ever.
        client.connectionPool().evictAll();
      }
      failed.accept(e);
    }

    @Override
    public void onResponse(Call call, okhttp3.Response response) {
      Response answer;
      try (response) {
        answer = read(call, response);
      } catch (Throwable e) {
        // Whatever else comes that way may not be readable either.
        client.connectionPool().evictAll();
        failed.accept(e);
        return;
      }
      answered.accept(answer);
    }

    private Response read(Call call, okhttp3.Response response) throws IOException {
      Headers first = response.headers();
      BufferedSource source = response.body().source();
      source.request(MAX_RESPONSE);
      byte[] body = source.readByteArray(Math.min(MAX_RESPONSE, source.getBuffer().size()));
      if (protocol != Protocol.GRPC) {
        if (body.length == MAX_RESPONSE) {
          // Otherwise the rest would be read for a while, to use the connection again.
          call.cancel();
        }
        return new Response(response.code(), first::get, body);
      }
      long skipped = 0;
      while (!source.exhausted()) {
        long more = source.getBuffer().size();
        source.skip(more);
        skipped += more;
        if (skipped > MAX_SKIPPED) {
          throw new ProtocolException("answer larger than 4 MiB");
        }
      }
      Headers last = response.trailers();
      return new Response(
          response.code(),
          name -> {
            String trailer = last.get(name);
            return trailer != null ? trailer : first.get(name);
          },
          message(body, body.length + skipped));
    }
  }

  /**
   * The message in the first frame of an answer, as far as it is at hand; empty if there is none,
   * it is compressed, or the answer ended before it did.
   *
   * @param framed the answer's first bytes
   * @param total how many bytes the answer has
   */
  static byte[] message(byte[] framed, long total) {
    if (framed.length < FRAME_HEADER || framed[0] != 0) {
      return new byte[0];
    }
    long declared = ByteBuffer.wrap(framed).getInt(1) & 0xFFFF_FFFFL;
    if (declared > total - FRAME_HEADER) {
      return new byte[0];
    }
    int end = (int) Math.min(framed.length, FRAME_HEADER + declared);
    return Arrays.copyOfRange(framed, FRAME_HEADER, end);
  }
}
