package io.otlpevents.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.otlpevents.annotation.EmitEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What a user reads when the application does not start. */
@ExtendWith(OutputCaptureExtension.class)
class StartFailureTests {

  @Test
  void explainsAWrongProperty(CapturedOutput output) {
    assertThatThrownBy(() -> SpringApplication.run(Empty.class, "--otlp.endpoint=localhost:4317"))
        .hasRootCauseInstanceOf(InvalidOtlpPropertyException.class);
    assertThat(output)
        .contains(
            "APPLICATION FAILED TO START",
            "The property otlp.endpoint with the value \"localhost:4317\" (from \"otlp.endpoint\""
                + " from property source \"commandLineArgs\") does not begin with http:// or"
                + " https://.",
            "Write http://localhost:4317, or https:// where TLS is needed.");
  }

  @Test
  void explainsAWrongExpression(CapturedOutput output) {
    assertThatThrownBy(() -> SpringApplication.run(Wrong.class));
    assertThat(output)
        .contains(
            "APPLICATION FAILED TO START",
            "@EmitEvent on io.otlpevents.autoconfigure.StartFailureTests$Shop.place(String) has the"
                + " attribute 'id=#idd', whose expression uses the unknown variable #idd.",
            "Use one of #a0, #id, #p0, #result.");
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
