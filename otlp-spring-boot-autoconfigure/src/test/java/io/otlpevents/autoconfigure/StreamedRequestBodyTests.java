package io.otlpevents.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.mock.http.client.MockClientHttpRequest;
import org.springframework.mock.http.client.MockClientHttpResponse;
import org.springframework.web.client.RestClient;

class StreamedRequestBodyTests {

  /** An upload must not be held in memory as a whole, as it is with interceptors. */
  @Test
  void reachesTheClientLibraryAsAStream() {
    AtomicBoolean written = new AtomicBoolean();
    Streaming request = new Streaming(written);
    new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(
                RestClientAutoConfiguration.class,
                OtlpEventsAutoConfiguration.class,
                OtlpPropagationAutoConfiguration.class,
                OtlpClientPropagationAutoConfiguration.class))
        .withPropertyValues("otlp.propagation.mode=participate")
        .run(
            context -> {
              RestClient client =
                  context
                      .getBean(RestClient.Builder.class)
                      .requestFactory((uri, method) -> request)
                      .build();
              client
                  .method(HttpMethod.POST)
                  .uri("http://localhost/upload")
                  .body(
                      out -> {
                        written.set(true);
                        out.write("large".getBytes(StandardCharsets.UTF_8));
                      })
                  .retrieve()
                  .toBodilessEntity();
            });
    assertThat(request.streamed).isTrue();
    assertThat(written).isFalse();
    assertThat(request.getHeaders().get("traceparent")).hasSize(1);
  }

  private static final class Streaming extends MockClientHttpRequest
      implements StreamingHttpOutputMessage {

    private final AtomicBoolean written;
    private boolean streamed;

    private Streaming(AtomicBoolean written) {
      this.written = written;
      setResponse(new MockClientHttpResponse(new byte[0], HttpStatus.OK));
    }

    /** A client library would ask for the body now. */
    @Override
    public void setBody(Body body) {
      streamed = !written.get();
    }
  }
}
