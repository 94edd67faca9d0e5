package io.otlpevents.autoconfigure;

import io.otlpevents.autoconfigure.OtlpProperties.Protocol;
import java.net.URI;
import java.util.stream.Stream;
import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionDetailsFactory;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;

/** Sends events to a Collector that Spring Boot's Docker Compose support has started. */
final class CollectorDockerComposeConnectionDetailsFactory
    extends DockerComposeConnectionDetailsFactory<OtlpEventsConnectionDetails> {

  CollectorDockerComposeConnectionDetailsFactory() {
    super(
        Stream.concat(CollectorImages.COLLECTOR.stream(), Stream.of(CollectorImages.GRAFANA))
            .toArray(String[]::new));
  }

  @Override
  protected OtlpEventsConnectionDetails getDockerComposeConnectionDetails(
      DockerComposeConnectionSource source) {
    return new ServiceConnectionDetails(source.getRunningService());
  }

  /** A running service; its ports are looked up when they are asked for. */
  private static final class ServiceConnectionDetails extends DockerComposeConnectionDetails
      implements OtlpEventsConnectionDetails {

    private final RunningService service;

    ServiceConnectionDetails(RunningService service) {
      super(service);
      this.service = service;
    }

    @Override
    public URI getEndpoint(Protocol protocol) {
      return CollectorImages.endpoint(protocol, service.host(), service.ports()::get);
    }
  }
}
