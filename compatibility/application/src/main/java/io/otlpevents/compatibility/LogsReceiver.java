package io.otlpevents.compatibility;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.logs.v1.LogRecord;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** Takes logs by OTLP over HTTP, and everything else without a look. */
final class LogsReceiver implements AutoCloseable {

  final List<LogRecord> records = new CopyOnWriteArrayList<>();
  private final HttpServer server;

  LogsReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "logs-receiver");
              thread.setDaemon(true);
              return thread;
            }));
    server.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          if (exchange.getRequestURI().getPath().equals("/v1/logs")) {
            ExportLogsServiceRequest.parseFrom(body).getResourceLogsList().stream()
                .flatMap(logs -> logs.getScopeLogsList().stream())
                .forEach(logs -> records.addAll(logs.getLogRecordsList()));
          }
          exchange.getResponseHeaders().add("content-type", "application/x-protobuf");
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
  }

  String endpoint() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  List<LogRecord> named(String eventName) {
    return records.stream().filter(record -> record.getEventName().equals(eventName)).toList();
  }

  List<LogRecord> lines(String body) {
    return records.stream()
        .filter(record -> record.getBody().getStringValue().equals(body))
        .toList();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
