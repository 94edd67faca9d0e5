package io.otlpevents.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.otlpevents.annotation.EmitEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.DefaultResourceLoader;

/** What a user reads when the application does not start: what, where, and what to write. */
@ExtendWith(OutputCaptureExtension.class)
class StartFailureTests {

  static Stream<Arguments> mistakes() {
    return Stream.of(
        mistake(
            List.of("otlp.endpoint=localhost:4317"),
            "The property otlp.endpoint with the value \"localhost:4317\" (from \"otlp.endpoint\""
                + " from property source \"commandLineArgs\") does not begin with http:// or"
                + " https://.",
            "Write http://localhost:4317, or https:// where TLS is needed."),
        mistake(
            List.of("otlp.endpoint=http://user:canary@localhost:4317"),
            "The property otlp.endpoint with the value \"…@localhost:4317\"",
            "carries a user name or password, which would not be used.",
            "Set otlp.headers.authorization instead."),
        mistake(
            List.of("otlp.endpoint=http://localhost:4318"),
            "The property otlp.endpoint with the value \"http://localhost:4318\"",
            "uses port 4318, where receivers expect http/protobuf, but otlp.protocol is grpc.",
            "Use port 4317, or set otlp.protocol=http/protobuf."),
        mistake(
            List.of("otlp.endpoint=http://localhost:4317", "otlp.protocol=http/json"),
            "uses port 4317, where receivers expect grpc, but otlp.protocol is http/json.",
            "Use port 4318, or set otlp.protocol=grpc."),
        mistake(
            List.of("otlp.endpoint=http://localhost:4317/v1/logs"),
            "has the path /v1/logs, which gRPC does not use.",
            "Remove the path, or set otlp.protocol=http/protobuf."),
        mistake(
            List.of("otlp.timeout=0s"),
            "The property otlp.timeout with the value \"0s\" (from \"otlp.timeout\" from property"
                + " source \"commandLineArgs\") is less than 1ms.",
            "Write a positive time, for example 10s."),
        mistake(
            List.of("otlp.connect-timeout=0"),
            "The property otlp.connect-timeout with the value \"0s\"",
            "is less than 1ms.",
            "Write a positive time, for example 10s."),
        mistake(
            List.of(
                "otlp.events.journal.max-size=512KB",
                "otlp.events.journal.segment-size=128KB",
                "otlp.events.journal.max-event-size=32KB"),
            "The property otlp.events.batch.max-size with the value \"1MB\" is more than 512KB,"
                + " which is all that the journal holds (otlp.events.journal.max-size).",
            "Write at most 512KB."),
        mistake(
            List.of("otlp.events.batch.max-size=8MB"),
            "is more than 3584KB, because receivers refuse requests of more than 4MB.",
            "Write at most 3584KB."),
        mistake(
            List.of("otlp.headers.x-api-key=canary\r\nx-forged: 1"),
            "The property otlp.headers.x-api-key (from \"otlp.headers.x-api-key\" from property"
                + " source \"commandLineArgs\") contains a line break or another character that"
                + " HTTP does not allow in a header.",
            "Use printable ASCII characters; a secret read from a file often ends with a line"
                + " break."),
        mistake(
            List.of("otlp.headers.x-api-key=canaryé"),
            "The property otlp.headers.x-api-key",
            "contains a line break or another character that HTTP does not allow in a header.",
            "Use printable ASCII characters"),
        mistake(
            List.of("otlp.headers.[a(b]=canary"),
            "The property otlp.headers contains the header name \"a(b\", which HTTP does not"
                + " allow.",
            "Use letters, digits and hyphens, for example otlp.headers.x-api-key."),
        mistake(
            List.of("otlp.headers=authorization=Bearer canary"),
            "The property otlp.headers (from \"otlp.headers\" from property source"
                + " \"commandLineArgs\") is one text, but needs one entry for each header.",
            "Write otlp.headers.x-api-key=…, with each header's name as the last part of a"
                + " property."),
        mistake(
            List.of("otlp.headers.[]=canary"),
            "The property otlp.headers",
            "needs one entry for each header."),
        mistake(
            List.of("OTEL_EXPORTER_OTLP_HEADERS=x-api-key=canary%0Ax-forged"),
            "The property OTEL_EXPORTER_OTLP_HEADERS",
            "is malformed.",
            "Correct it, or set the property below otlp that takes its place."),
        mistake(
            List.of("otlp.endpoint=https://localhost:4317", "otlp.ssl.bundle=nowhere"),
            "The property otlp.ssl.bundle with the value \"nowhere\" (from \"otlp.ssl.bundle\" from"
                + " property source \"commandLineArgs\") names an SSL bundle that does not exist.",
            "Define it below spring.ssl.bundle.pem.nowhere or spring.ssl.bundle.jks.nowhere."),
        mistake(
            List.of(
                "otlp.endpoint=https://localhost:4317",
                "otlp.ssl.bundle=tls",
                "spring.ssl.bundle.pem.tls.truststore.certificate=file:/nowhere/ca.pem"),
            "The property otlp.ssl.bundle with the value \"tls\"",
            "names an SSL bundle that cannot be used (",
            "/nowhere/ca.pem",
            "Correct the files and passwords below spring.ssl.bundle."),
        mistake(
            List.of("otlp.ssl.bundle=tls"),
            "would not be used, because otlp.endpoint does not begin with https://.",
            "Set otlp.endpoint to an https address, or remove otlp.ssl.bundle."),
        mistake(
            List.of("otlp.proxy.host=localhost"),
            "The property otlp.proxy.port is not set, but otlp.proxy.host is.",
            "Set both, or remove both."),
        mistake(
            List.of("otlp.events.journal.overflow=wait"),
            "otlp.events.journal.overflow",
            "BLOCK",
            "DROP_NEWEST"),
        mistake(List.of("otlp.protocol=grcp"), "otlp.protocol", "grpc", "http/protobuf"));
  }

  private static Arguments mistake(List<String> properties, String... said) {
    return Arguments.of(properties, List.of(said));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void explainsAWrongProperty(List<String> properties, List<String> said, CapturedOutput output) {
    assertThatThrownBy(() -> SpringApplication.run(Empty.class, arguments(properties)));
    assertThat(output).contains("APPLICATION FAILED TO START").contains(said);
    assertThat(output).doesNotContain("canary");
  }

  @Test
  void explainsACertificateThatCannotBeRead(@TempDir Path folder, CapturedOutput output)
      throws Exception {
    Path certificate = folder.resolve("ca.pem");
    Files.writeString(certificate, "-----BEGIN CERTIFICATE-----\nbm8=\n-----END CERTIFICATE-----");
    assertThatThrownBy(
        () ->
            SpringApplication.run(
                Empty.class,
                arguments(
                    List.of(
                        "otlp.endpoint=https://localhost:4317",
                        "otlp.ssl.bundle=tls",
                        "spring.ssl.bundle.pem.tls.truststore.certificate=file:" + certificate))));
    assertThat(output)
        .contains(
            "APPLICATION FAILED TO START",
            "The property otlp.ssl.bundle with the value \"tls\"",
            "names an SSL bundle that cannot be used (",
            "Correct the files and passwords below spring.ssl.bundle.");
  }

  @Test
  void explainsAMissingLibrary(CapturedOutput output) {
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    FilteredClassLoader without = new FilteredClassLoader("com.github.luben");
    Thread.currentThread().setContextClassLoader(without);
    try {
      SpringApplication application =
          new SpringApplication(new DefaultResourceLoader(without), Empty.class);
      assertThatThrownBy(() -> application.run("--otlp.compression=zstd"));
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
    assertThat(output)
        .contains(
            "APPLICATION FAILED TO START",
            "The property otlp.compression with the value \"zstd\"",
            "needs the library com.github.luben:zstd-jni, which is missing or does not work here.",
            "Add it to the dependencies, or set otlp.compression=gzip.");
  }

  @Test
  void explainsAWrongExpression(CapturedOutput output) {
    assertThatThrownBy(() -> SpringApplication.run(Wrong.class, arguments(List.of())));
    assertThat(output)
        .contains(
            "APPLICATION FAILED TO START",
            "@EmitEvent on io.otlpevents.autoconfigure.StartFailureTests$Shop.place(String) has the"
                + " attribute 'id=#idd', whose expression uses the unknown variable #idd.",
            "Use one of #a0, #id, #p0, #result.");
  }

  private static String[] arguments(List<String> properties) {
    return Stream.concat(
            Stream.of("--spring.docker.compose.enabled=false"),
            properties.stream().map(property -> "--" + property))
        .toArray(String[]::new);
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Empty {}

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Wrong {

    @Bean
    Shop shop() {
      return new Shop();
    }
  }

  static class Shop {

    @EmitEvent(value = "order.placed", attributes = "id=#idd")
    String place(String id) {
      return id;
    }
  }
}
