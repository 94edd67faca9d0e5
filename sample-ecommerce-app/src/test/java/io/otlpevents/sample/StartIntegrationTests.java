package io.otlpevents.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

import io.otlpevents.console.OtlpReceiver;
import io.otlpevents.console.ReceivedEvent;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.client.RestClient;

/** What the command line does. */
@ExtendWith(OutputCaptureExtension.class)
class StartIntegrationTests {

  @Test
  void sendsToTheCollectorThatIsNamedAndStartsNoReceiver(CapturedOutput output) throws Exception {
    try (OtlpReceiver collector = OtlpReceiver.builder().grpcPort(0).httpPort(0).build().start()) {
      String endpoint = "http://localhost:" + collector.grpcPort();
      try (ConfigurableApplicationContext shop =
          start("--server.port=0", "--otlp.endpoint=" + endpoint)) {
        assertThat(shop.getBeanProvider(OtlpReceiver.class).stream()).isEmpty();
        assertThat(output)
            .contains("Events go to the Collector at " + endpoint)
            .doesNotContain("OTLP receiver listens");

        String port = shop.getEnvironment().getRequiredProperty("local.server.port");
        RestClient.create("http://localhost:" + port)
            .get()
            .uri("/products/bk-101")
            .retrieve()
            .toBodilessEntity();

        assertThat(collector.await(1, Duration.ofSeconds(10)))
            .extracting(ReceivedEvent::eventName)
            .containsExactly("product.viewed");
      }
    }
  }

  @Test
  void saysWhatToDoWhereThePortOfTheShopIsInUse(CapturedOutput output) throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      assertThatException()
          .isThrownBy(
              () ->
                  start(
                      "--server.port=" + taken.getLocalPort(),
                      "--otlp.console.grpc-port=0",
                      "--otlp.console.http-port=0"));
      assertThat(output)
          .contains("The shop cannot listen on port " + taken.getLocalPort())
          .contains("or set server.port to another port");
    }
  }

  @Test
  void saysWhatToDoWhereAPortOfTheReceiverIsInUse(CapturedOutput output) throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      assertThatException()
          .isThrownBy(
              () ->
                  start(
                      "--server.port=0",
                      "--otlp.console.grpc-port=" + taken.getLocalPort(),
                      "--otlp.console.http-port=0"));
      assertThat(output).contains("set otlp.console.grpc-port to another port");
    }
  }

  private static ConfigurableApplicationContext start(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.add("--shop.demo.enabled=false");
    return SpringApplication.from(SampleShopApplication::main)
        .run(all.toArray(String[]::new))
        .getApplicationContext();
  }
}
