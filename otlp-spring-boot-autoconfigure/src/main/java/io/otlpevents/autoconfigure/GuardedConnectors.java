package io.otlpevents.autoconfigure;

import io.otlpevents.propagation.client.EgressGuard;
import io.otlpevents.propagation.client.GuardedConnector;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.http.client.reactive.ClientHttpConnector;

/** What {@link GuardedRequestFactories} is for RestClient, for WebClient. */
final class GuardedConnectors implements BeanPostProcessor {

  private static final String BUILDER = "clientHttpConnectorBuilder";

  private final ConfigurableListableBeanFactory beans;
  private final Supplier<EgressGuard> guards;

  GuardedConnectors(ConfigurableListableBeanFactory beans, Supplier<EgressGuard> guards) {
    this.beans = beans;
    this.guards = guards;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    if (!name.equals(BUILDER)
        || !isDeclaredAs(ClientHttpConnectorBuilder.class)
        || !(bean instanceof ClientHttpConnectorBuilder<?> builder)) {
      return bean;
    }
    EgressGuard guard = guards.get();
    return guard.isNeeded() ? new Builder(builder, guard) : bean;
  }

  /** A user's own builder may be injected as the class it is of, which a wrapper is not. */
  private boolean isDeclaredAs(Class<?> type) {
    return beans.containsBeanDefinition(BUILDER)
        && beans.getMergedBeanDefinition(BUILDER).getResolvableType().resolve() == type;
  }

  /** Leaves redirects to the library where they are not to be followed. */
  private record Builder(ClientHttpConnectorBuilder<?> delegate, EgressGuard guard)
      implements ClientHttpConnectorBuilder<ClientHttpConnector> {

    @Override
    public ClientHttpConnector build(@Nullable HttpClientSettings settings) {
      HttpClientSettings given = settings == null ? HttpClientSettings.defaults() : settings;
      return given.redirects() == HttpRedirects.DONT_FOLLOW
          ? delegate.build(given)
          : new GuardedConnector(
              delegate.build(given.withRedirects(HttpRedirects.DONT_FOLLOW)), guard);
    }
  }
}
