package io.otlpevents.compatibility;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.springframework.context.ApplicationContext;

/** Requests of somebody who traces. */
final class Requests {

  static final String TRACE_ID = "5b8efff798038103d269b633813fc60c";

  private Requests() {}

  /** Orders, and returns the span that was current in the application. */
  static String order(ApplicationContext context) throws IOException, InterruptedException {
    String port = context.getEnvironment().getRequiredProperty("local.server.port");
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/order"))
            .header("traceparent", "00-" + TRACE_ID + "-eee19b7ec3c1b174-01")
            .build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
  }
}
