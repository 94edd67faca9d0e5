package io.otlpevents.autoconfigure;

import io.otlpevents.propagation.client.EgressGuard;
import io.otlpevents.propagation.client.GuardedRequestFactory;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.http.client.ClientHttpRequestFactory;

/**
 * Where contexts are sent to some hosts only, has the clients that Spring Boot makes follow
 * redirects with a look at the hosts.
 */
final class GuardedRequestFactories implements BeanPostProcessor {

  /** Spring Boot's, declared as the interface; another may be injected as the class it is of. */
  private static final String BUILDER = "clientHttpRequestFactoryBuilder";

  private final ConfigurableListableBeanFactory beans;
  private final Supplier<EgressGuard> guards;

  GuardedRequestFactories(ConfigurableListableBeanFactory beans, Supplier<EgressGuard> guards) {
    this.beans = beans;
    this.guards = guards;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    if (!name.equals(BUILDER)
        || !isDeclaredAs(ClientHttpRequestFactoryBuilder.class)
        || !(bean instanceof ClientHttpRequestFactoryBuilder<?> builder)) {
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
  private record Builder(ClientHttpRequestFactoryBuilder<?> delegate, EgressGuard guard)
      implements ClientHttpRequestFactoryBuilder<ClientHttpRequestFactory> {

    @Override
    public ClientHttpRequestFactory build(@Nullable HttpClientSettings settings) {
      HttpClientSettings given = settings == null ? HttpClientSettings.defaults() : settings;
      return given.redirects() == HttpRedirects.DONT_FOLLOW
          ? delegate.build(given)
          : new GuardedRequestFactory(
              delegate.build(given.withRedirects(HttpRedirects.DONT_FOLLOW)), guard);
    }
  }
}
