package io.otlpevents.compatibility.gateway;

import java.util.List;

class WebMvcGatewayIntegrationTests extends GatewayContract {

  @Override
  protected String prefix() {
    return "spring.cloud.gateway.server.webmvc";
  }

  /** Spring Framework's client makes the spans of what leaves. */
  @Override
  protected List<String> withoutOwnTracing() {
    return List.of("management.observations.enable.http.client.requests=false");
  }
}
