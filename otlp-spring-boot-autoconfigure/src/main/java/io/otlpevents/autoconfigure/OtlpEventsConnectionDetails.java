package io.otlpevents.autoconfigure;

import io.otlpevents.autoconfigure.OtlpProperties.Protocol;
import java.net.URI;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * Where the Collector is, for those who start it themselves: Docker Compose, Testcontainers, or a
 * bean of the application's. Wins over {@code otlp.endpoint} and OpenTelemetry's variables, as
 * connection details do everywhere in Spring Boot; everything else, the protocol included, is still
 * configured by them.
 */
@FunctionalInterface
public interface OtlpEventsConnectionDetails extends ConnectionDetails {

  /**
   * The address for this protocol. Asked once, when the pipeline is made.
   *
   * @return {@code http} or {@code https}; for HTTP without a path where that is {@code /v1/logs}
   */
  URI getEndpoint(Protocol protocol);
}
