package io.otlpevents.otlp;

import com.github.luben.zstd.ZstdInputStream;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsPartialSuccess;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.otlpevents.otlp.TestAuthority.ServerTls;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLParameters;

/** OTLP over HTTP with protobuf or JSON, scripted. */
final class HttpReceiver extends ScriptedReceiver {

  private final HttpServer server;
  private final ExecutorService executor = Executors.newCachedThreadPool();

  private final String scheme;

  HttpReceiver() throws IOException {
    this(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0), "http");
  }

  /** With TLS, on this port or any if 0. */
  HttpReceiver(ServerTls tls, int port) throws IOException, GeneralSecurityException {
    this(encrypted(tls, port), "https");
  }

  private HttpReceiver(HttpServer server, String scheme) {
    this.server = server;
    this.scheme = scheme;
    server.createContext("/v1/logs", this::handle);
    server.setExecutor(executor);
    server.start();
  }

  private static HttpServer encrypted(ServerTls tls, int port)
      throws IOException, GeneralSecurityException {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(tls.context()) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters ours = getSSLContext().getDefaultSSLParameters();
            ours.setNeedClientAuth(!tls.clientAuthorities().isEmpty());
            parameters.setSSLParameters(ours);
          }
        });
    return server;
  }

  @Override
  URI endpoint() {
    return URI.create(scheme + "://127.0.0.1:" + server.getAddress().getPort());
  }

  private void handle(HttpExchange exchange) throws IOException {
    Map<String, String> headers = caseInsensitive();
    exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
    InputStream body = exchange.getRequestBody();
    if ("gzip".equals(headers.get("Content-Encoding"))) {
      body = new GZIPInputStream(body);
    }
    if ("zstd".equals(headers.get("Content-Encoding"))) {
      body = new ZstdInputStream(body);
    }
    boolean json = "application/json".equals(headers.get("Content-Type"));
    ExportLogsServiceRequest request =
        json ? fromJson(body) : ExportLogsServiceRequest.parseFrom(body);
    Answer answer = next();
    if (answer == Answer.NEVER) {
      return;
    }
    if (answer.isSuccess()) {
      sink.accept(new Received(request, headers));
    }
    switch (answer) {
      case OK ->
          respond(exchange, 200, bytes(ExportLogsServiceResponse.getDefaultInstance(), json));
      case PARTIAL -> respond(exchange, 200, bytes(partial(), json));
      case WARNED -> respond(exchange, 200, bytes(warned(), json));
      case GARBAGE -> respond(exchange, 200, new byte[] {10, 99, 8});
      case UNAVAILABLE -> respond(exchange, 503, new byte[0]);
      case DELAYED -> {
        exchange.getResponseHeaders().add("Retry-After", "1");
        respond(exchange, 503, new byte[0]);
      }
      case TOO_LARGE -> respond(exchange, 413, new byte[0]);
      case INDISCREET -> {
        String words = headers.get("authorization");
        // Its second field is the message of a google.rpc.Status, too.
        ExportLogsPartialSuccess status =
            ExportLogsPartialSuccess.newBuilder().setErrorMessage(words).build();
        respond(
            exchange,
            400,
            json
                ? ("{\"message\":\"" + words + "\"}").getBytes(StandardCharsets.UTF_8)
                : status.toByteArray());
      }
      case THROTTLED -> respond(exchange, 429, new byte[0]);
      case MALFORMED -> respond(exchange, 400, new byte[0]);
      case UNAUTHENTICATED -> respond(exchange, 401, new byte[0]);
      case FORBIDDEN -> respond(exchange, 403, new byte[0]);
      case UNIMPLEMENTED -> respond(exchange, 404, new byte[0]);
      default -> respond(exchange, 500, new byte[0]);
    }
  }

  static ExportLogsServiceResponse partial() {
    return ExportLogsServiceResponse.newBuilder()
        .setPartialSuccess(
            ExportLogsPartialSuccess.newBuilder()
                .setRejectedLogRecords(2)
                .setErrorMessage("two were bad"))
        .build();
  }

  static ExportLogsServiceResponse warned() {
    return ExportLogsServiceResponse.newBuilder()
        .setPartialSuccess(ExportLogsPartialSuccess.newBuilder().setErrorMessage("old client"))
        .build();
  }

  private static ExportLogsServiceRequest fromJson(InputStream body) throws IOException {
    ExportLogsServiceRequest.Builder request = ExportLogsServiceRequest.newBuilder();
    JsonFormat.parser().merge(new InputStreamReader(body, StandardCharsets.UTF_8), request);
    return request.build();
  }

  private static byte[] bytes(Message message, boolean json) throws IOException {
    return json
        ? JsonFormat.printer().print(message).getBytes(StandardCharsets.UTF_8)
        : message.toByteArray();
  }

  private static void respond(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange
        .getResponseHeaders()
        .add("Content-Type", exchange.getRequestHeaders().getFirst("Content-Type"));
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  @Override
  void stop() {
    server.stop(0);
    executor.shutdownNow();
  }
}
