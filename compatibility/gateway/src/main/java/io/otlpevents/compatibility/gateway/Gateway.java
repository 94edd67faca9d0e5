package io.otlpevents.compatibility.gateway;

import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A running gateway with a server behind it. */
final class Gateway implements AutoCloseable {

  final Downstream downstream = new Downstream();
  private final ConfigurableApplicationContext context;

  /**
   * Starts a gateway.
   *
   * @param prefix of the properties of its routes
   */
  Gateway(String prefix, List<String> properties) throws IOException {
    List<String> arguments = new ArrayList<>();
    properties.forEach(property -> arguments.add("--" + property));
    arguments.add("--server.port=0");
    arguments.add("--server.address=127.0.0.1");
    arguments.add("--spring.main.banner-mode=off");
    String known = "http://localhost:" + downstream.port();
    addRoute(arguments, prefix, 0, "plain", known);
    // The same server by another name.
    addRoute(arguments, prefix, 1, "other", "http://127.0.0.1:" + downstream.port());
    addRoute(arguments, prefix, 2, "set", known, "SetRequestHeader=traceparent," + Traces.OTHER);
    addRoute(arguments, prefix, 3, "retry", known, "Retry=2");
    context = SpringApplication.run(Application.class, arguments.toArray(String[]::new));
  }

  private static void addRoute(
      List<String> arguments, String prefix, int index, String id, String uri, String... filters) {
    String route = "--" + prefix + ".routes[" + index + "].";
    arguments.add(route + "id=" + id);
    arguments.add(route + "uri=" + uri);
    arguments.add(route + "predicates[0]=Path=/" + id);
    for (int i = 0; i < filters.length; i++) {
      arguments.add(route + "filters[" + i + "]=" + filters[i]);
    }
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  boolean hasBean(Class<?> type) {
    return context.getBeanNamesForType(type).length > 0;
  }

  /** Sends a request, byte for byte, and expects that it was served. */
  void get(String path, String... headerLines) throws IOException {
    StringBuilder text = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n");
    for (String line : headerLines) {
      text.append(line).append("\r\n");
    }
    text.append("Connection: close\r\n\r\n");
    int port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(text.toString().getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      String response =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      if (!response.startsWith("HTTP/1.1 200")) {
        throw new AssertionError(response);
      }
    }
  }

  @Override
  public void close() throws IOException {
    context.close();
    downstream.close();
  }

  /** Nothing of its own but what a test looks at. */
  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {

    @Bean
    InMemorySpanExporter spans() {
      return InMemorySpanExporter.create();
    }
  }
}
