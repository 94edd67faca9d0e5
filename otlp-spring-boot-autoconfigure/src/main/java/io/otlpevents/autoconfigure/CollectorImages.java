package io.otlpevents.autoconfigure;

import io.otlpevents.autoconfigure.OtlpProperties.Protocol;
import java.net.URI;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** What is known of images that receive OTLP. */
final class CollectorImages {

  /** Names of the Collector's images, without registry and tag. */
  static final List<String> COLLECTOR =
      List.of("otel/opentelemetry-collector-contrib", "otel/opentelemetry-collector");

  /** The name of the image that has a Collector and Grafana's back ends in one. */
  static final String GRAFANA = "grafana/otel-lgtm";

  private CollectorImages() {}

  /**
   * Where such a container listens.
   *
   * @param mappedPort the port on the host for a port of the container
   */
  static URI endpoint(Protocol protocol, String host, IntUnaryOperator mappedPort) {
    String address = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    int port = mappedPort.applyAsInt(protocol.usualEndpoint().getPort());
    return URI.create("http://" + address + ":" + port);
  }
}
