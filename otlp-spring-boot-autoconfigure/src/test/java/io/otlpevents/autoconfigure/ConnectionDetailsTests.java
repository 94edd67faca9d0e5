package io.otlpevents.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.otlpevents.EventEmitter;
import io.otlpevents.autoconfigure.OtlpProperties.Protocol;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetailsFactories;
import org.springframework.boot.docker.compose.core.ConnectionPorts;
import org.springframework.boot.docker.compose.core.ImageReference;
import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.boot.testcontainers.service.connection.ServiceConnectionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.mock.env.MockEnvironment;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.grafana.LgtmStackContainer;
import org.testcontainers.utility.DockerImageName;

/** Connection details of Docker Compose, Testcontainers and the user; there is no Docker here. */
class ConnectionDetailsTests {

  private static int port;

  private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  ServiceConnectionAutoConfiguration.class, OtlpEventsAutoConfiguration.class))
          .withPropertyValues("otlp.events.batch.max-delay=1ms");
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          requests.add(exchange.getRequestURI().getPath());
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    port = server.getAddress().getPort();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void sendToTheContainerOfATest() throws InterruptedException {
    runner
        .withUserConfiguration(Containers.class)
        .withPropertyValues("otlp.protocol=http/protobuf")
        .run(context -> context.getBean(EventEmitter.class).event("a").emit());
    assertThat(requests.poll(8, TimeUnit.SECONDS)).isEqualTo("/v1/logs");
  }

  @Test
  void sendToGrafanasContainer() throws InterruptedException {
    runner
        .withUserConfiguration(Grafana.class)
        .withPropertyValues("otlp.protocol=http/protobuf")
        .run(context -> context.getBean(EventEmitter.class).event("a").emit());
    assertThat(requests.poll(8, TimeUnit.SECONDS)).isEqualTo("/v1/logs");
  }

  @Test
  void winOverThePropertyAndTheVariable() throws InterruptedException {
    runner
        .withBean(
            OtlpEventsConnectionDetails.class,
            () -> protocol -> URI.create("http://localhost:" + port + "/" + protocol))
        .withPropertyValues(
            "otlp.protocol=http/protobuf",
            "otlp.endpoint=http://localhost:1",
            "OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:2")
        .run(context -> context.getBean(EventEmitter.class).event("a").emit());
    assertThat(requests.poll(8, TimeUnit.SECONDS)).isEqualTo("/http/protobuf");
  }

  @ParameterizedTest
  @CsvSource({
    "otel/opentelemetry-collector-contrib:0.140.0, true",
    "otel/opentelemetry-collector:latest, true",
    "grafana/otel-lgtm, true",
    "registry.example.com/grafana/otel-lgtm:1, true",
    "grafana/grafana, false",
    "postgres:17, false",
  })
  void areMadeForServicesOfDockerComposeThatReceiveOtlp(String image, boolean made)
      throws Exception {
    Map<Class<?>, ConnectionDetails> details =
        new ConnectionDetailsFactories(getClass().getClassLoader())
            .getConnectionDetails(source(image, "127.0.0.1"), false);
    if (!made) {
      assertThat(details).doesNotContainKey(OtlpEventsConnectionDetails.class);
      return;
    }
    OtlpEventsConnectionDetails found =
        (OtlpEventsConnectionDetails) details.get(OtlpEventsConnectionDetails.class);
    assertThat(found).isNotNull();
    assertThat(found.getEndpoint(Protocol.GRPC)).isEqualTo(URI.create("http://127.0.0.1:14317"));
    assertThat(found.getEndpoint(Protocol.HTTP_PROTOBUF))
        .isEqualTo(URI.create("http://127.0.0.1:14318"));
    assertThat(found.getEndpoint(Protocol.HTTP_JSON))
        .isEqualTo(URI.create("http://127.0.0.1:14318"));
  }

  @Test
  void writeAnAddressOfIpv6InBrackets() {
    assertThat(CollectorImages.endpoint(Protocol.GRPC, "::1", mapped -> mapped))
        .isEqualTo(URI.create("http://[::1]:4317"));
  }

  private static DockerComposeConnectionSource source(String image, String host)
      throws ReflectiveOperationException {
    Constructor<DockerComposeConnectionSource> constructor =
        DockerComposeConnectionSource.class.getDeclaredConstructor(
            RunningService.class, Environment.class);
    constructor.setAccessible(true); // Spring Boot makes them from what the docker command prints
    return constructor.newInstance(
        new FakeService(ImageReference.of(image), host), new MockEnvironment());
  }

  /** A service whose ports are 10000 higher on the host. */
  private record FakeService(ImageReference image, String host) implements RunningService {

    @Override
    public String name() {
      return "collector";
    }

    @Override
    public ConnectionPorts ports() {
      return new ConnectionPorts() {
        @Override
        public int get(int containerPort) {
          return containerPort + 10_000;
        }

        @Override
        public List<Integer> getAll() {
          return List.of(14_317, 14_318);
        }

        @Override
        public List<Integer> getAll(String protocol) {
          return getAll();
        }
      };
    }

    @Override
    public Map<String, String> env() {
      return Map.of();
    }

    @Override
    public Map<String, String> labels() {
      return Map.of();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Containers {

    @Bean
    @ServiceConnection("otel/opentelemetry-collector-contrib")
    GenericContainer<?> collector() {
      return new FakeContainer();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Grafana {

    @Bean
    @ServiceConnection
    LgtmStackContainer grafana() {
      return new FakeGrafana();
    }
  }

  /** Needs no Docker; its port for HTTP is the one of the server here. */
  static final class FakeGrafana extends LgtmStackContainer {

    FakeGrafana() {
      super("grafana/otel-lgtm:0.11.0");
    }

    @Override
    public void start() {}

    @Override
    public void stop() {}

    @Override
    public boolean isRunning() {
      return true;
    }

    @Override
    public String getHost() {
      return "localhost";
    }

    @Override
    public Integer getMappedPort(int originalPort) {
      assertThat(originalPort).isEqualTo(4318);
      return port;
    }
  }

  /** Needs no Docker; its port for HTTP is the one of the server here. */
  static final class FakeContainer extends GenericContainer<FakeContainer> {

    private boolean running;

    FakeContainer() {
      super(DockerImageName.parse("otel/opentelemetry-collector-contrib:0.140.0"));
    }

    @Override
    public void start() {
      running = true;
    }

    @Override
    public void stop() {
      running = false;
    }

    @Override
    public boolean isRunning() {
      return running;
    }

    @Override
    public String getHost() {
      return "localhost";
    }

    @Override
    public String getDockerImageName() {
      return "otel/opentelemetry-collector-contrib:0.140.0";
    }

    @Override
    public Integer getMappedPort(int originalPort) {
      if (!running) {
        throw new IllegalStateException("not started");
      }
      assertThat(originalPort).isEqualTo(4318);
      return port;
    }
  }
}
