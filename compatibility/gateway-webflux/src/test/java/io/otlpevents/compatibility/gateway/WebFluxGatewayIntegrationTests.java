package io.otlpevents.compatibility.gateway;

import java.util.List;

class WebFluxGatewayIntegrationTests extends GatewayContract {

  @Override
  protected String prefix() {
    return "spring.cloud.gateway.server.webflux";
  }

  @Override
  protected List<String> withoutOwnTracing() {
    return List.of("spring.cloud.gateway.server.webflux.observability.enabled=false");
  }
}
