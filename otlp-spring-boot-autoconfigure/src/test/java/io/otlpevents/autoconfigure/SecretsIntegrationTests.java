package io.otlpevents.autoconfigure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.otlpevents.EventEmitter;
import io.otlpevents.actuate.EmittedEventsEndpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.actuate.autoconfigure.context.properties.ConfigurationPropertiesReportEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.jackson.JacksonEndpointAutoConfiguration;
import org.springframework.boot.actuate.context.properties.ConfigurationPropertiesReportEndpoint;
import org.springframework.boot.actuate.endpoint.jackson.EndpointJsonMapper;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.json.JsonMapper;

/** A receiver repeats what it was sent, and nobody who operates the application gets to see it. */
@ExtendWith(OutputCaptureExtension.class)
class SecretsIntegrationTests {

  private static final String CANARY = "canary-3141592653";

  private HttpServer server;
  private volatile String lastBody = "";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          lastBody = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
          String headers =
              exchange.getRequestHeaders().getFirst("authorization")
                  + exchange.getRequestHeaders().getFirst("x-api-key");
          byte[] answer = ("{\"message\":\"I do not like " + headers + "\"}").getBytes(UTF_8);
          exchange.getResponseHeaders().add("content-type", "application/json");
          exchange.sendResponseHeaders(
              Integer.parseInt(exchange.getRequestURI().getPath().substring(1)), answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 503})
  void stayWhereTheyAre(int status, CapturedOutput output) {
    new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(
                JacksonAutoConfiguration.class,
                JacksonEndpointAutoConfiguration.class,
                ConfigurationPropertiesReportEndpointAutoConfiguration.class,
                HealthContributorAutoConfiguration.class,
                HealthContributorRegistryAutoConfiguration.class,
                MetricsAutoConfiguration.class,
                CompositeMeterRegistryAutoConfiguration.class,
                OtlpEventsAutoConfiguration.class,
                OtlpEventsEndpointAutoConfiguration.class,
                OtlpEventsHealthContributorAutoConfiguration.class,
                OtlpEventsMetricsAutoConfiguration.class))
        .withBean(SimpleMeterRegistry.class)
        .withPropertyValues(
            "management.endpoints.web.exposure.include=*",
            "otlp.protocol=http/json",
            "otlp.endpoint=http://localhost:" + server.getAddress().getPort() + "/" + status,
            "otlp.headers.authorization=Bearer " + CANARY,
            "otlp.headers.x-api-key=" + CANARY + "-key",
            "otlp.events.redaction.mask=password",
            "otlp.events.redaction.drop=pin",
            "otlp.events.redaction.hash=card",
            "otlp.events.redaction.hash-secret=" + CANARY + "-hash-secret",
            "otlp.events.shutdown-timeout=0s",
            "otlp.events.batch.max-delay=1ms")
        .run(
            context -> {
              EventEmitter emitter = context.getBean(EventEmitter.class);
              emitter
                  .event("a")
                  .attribute("password", CANARY)
                  .attribute("pin", CANARY)
                  .attribute("card", CANARY)
                  .payload(Map.of("user", Map.of("password", CANARY)))
                  .emit();
              emitter.flush(Duration.ofSeconds(2));
              ManagedEventPipeline pipeline = context.getBean(ManagedEventPipeline.class);
              assertThat(pipeline.pipeline().destinations().get(0).lastError())
                  .as("the receiver's words are shown")
                  .isNotNull();
              JsonMapper mapper = context.getBean(EndpointJsonMapper.class).get();
              String seen =
                  mapper.writeValueAsString(
                          context.getBean(EmittedEventsEndpoint.class).emittedEvents())
                      + context
                          .getBean("emittedEventsHealthIndicator", HealthIndicator.class)
                          .health()
                          .getDetails()
                      + context.getBean(SimpleMeterRegistry.class).getMetersAsString()
                      + mapper.writeValueAsString(
                          context
                              .getBean(ConfigurationPropertiesReportEndpoint.class)
                              .configurationProperties())
                      + context.getBean(OtlpProperties.class)
                      + output;
              assertThat(seen).contains("otlp.events.pending").doesNotContain(CANARY);
              assertThat(lastBody).contains("\"eventName\":\"a\"").doesNotContain(CANARY);
            });
    assertThat(List.of(output.toString())).noneMatch(text -> text.contains(CANARY));
  }
}
