package io.otlpevents.propagation.contract;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Takes spans by OTLP over HTTP. */
final class SpansReceiver {

  private final List<Span> spans = new CopyOnWriteArrayList<>();
  private final HttpServer server;

  SpansReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/v1/traces",
        exchange -> {
          ExportTraceServiceRequest.parseFrom(exchange.getRequestBody())
              .getResourceSpansList()
              .stream()
              .flatMap(resource -> resource.getScopeSpansList().stream())
              .forEach(scope -> spans.addAll(scope.getSpansList()));
          exchange.getResponseHeaders().add("content-type", "application/x-protobuf");
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
  }

  String endpoint() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  List<RecordedSpan> spans() {
    return spans.stream().map(SpansReceiver::recorded).toList();
  }

  void forget() {
    spans.clear();
  }

  private static RecordedSpan recorded(Span span) {
    return new RecordedSpan(
        RecordedSpan.OPENTELEMETRY,
        SpanKind.valueOf(span.getKind().name().substring("SPAN_KIND_".length())),
        span.getName(),
        hex(span.getTraceId()),
        hex(span.getSpanId()),
        span.getEventsList().stream().map(Span.Event::getName).toList());
  }

  private static String hex(ByteString id) {
    return HexFormat.of().formatHex(id.toByteArray());
  }
}
