package io.otlpevents.autoconfigure;

import io.otlpevents.autoconfigure.OtlpProperties.Protocol;
import java.net.URI;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;
import org.testcontainers.containers.Container;

/** Sends events to a Collector in a container of a test that is a {@code @ServiceConnection}. */
final class CollectorContainerConnectionDetailsFactory
    extends ContainerConnectionDetailsFactory<Container<?>, OtlpEventsConnectionDetails> {

  CollectorContainerConnectionDetailsFactory() {
    super(CollectorImages.COLLECTOR);
  }

  @Override
  protected OtlpEventsConnectionDetails getContainerConnectionDetails(
      ContainerConnectionSource<Container<?>> source) {
    return new StartedConnectionDetails<>(source);
  }

  /**
   * A container, which has been started when it is asked for its ports.
   *
   * @param <C> its type
   */
  static final class StartedConnectionDetails<C extends Container<?>>
      extends ContainerConnectionDetails<C> implements OtlpEventsConnectionDetails {

    StartedConnectionDetails(ContainerConnectionSource<C> source) {
      super(source);
    }

    @Override
    public URI getEndpoint(Protocol protocol) {
      Container<?> container = getContainer();
      return CollectorImages.endpoint(protocol, container.getHost(), container::getMappedPort);
    }
  }
}
