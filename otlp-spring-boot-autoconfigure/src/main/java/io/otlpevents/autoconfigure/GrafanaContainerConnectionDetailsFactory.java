package io.otlpevents.autoconfigure;

import io.otlpevents.autoconfigure.CollectorContainerConnectionDetailsFactory.StartedConnectionDetails;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;
import org.testcontainers.grafana.LgtmStackContainer;

/** Sends events to Grafana's container for tests, whatever its image is called. */
final class GrafanaContainerConnectionDetailsFactory
    extends ContainerConnectionDetailsFactory<LgtmStackContainer, OtlpEventsConnectionDetails> {

  GrafanaContainerConnectionDetailsFactory() {
    super(ANY_CONNECTION_NAME);
  }

  @Override
  protected OtlpEventsConnectionDetails getContainerConnectionDetails(
      ContainerConnectionSource<LgtmStackContainer> source) {
    return new StartedConnectionDetails<>(source);
  }
}
