package io.otlpevents.autoconfigure;

import org.springframework.aop.config.AopConfigUtils;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/**
 * Makes sure that somebody creates proxies. Spring Boot does so itself unless {@code
 * spring.aop.auto=false}; the kind of proxy remains {@code spring.aop.proxy-target-class}.
 */
final class AutoProxyRegistrar implements ImportBeanDefinitionRegistrar {

  private final Environment environment;

  AutoProxyRegistrar(Environment environment) {
    this.environment = environment;
  }

  @Override
  public void registerBeanDefinitions(
      AnnotationMetadata importingClass, BeanDefinitionRegistry registry) {
    if (registry.containsBeanDefinition(AopConfigUtils.AUTO_PROXY_CREATOR_BEAN_NAME)) {
      return;
    }
    AopConfigUtils.registerAutoProxyCreatorIfNecessary(registry);
    if (classProxies(environment)) {
      AopConfigUtils.forceAutoProxyCreatorToUseClassProxying(registry);
    }
  }

  /** Whether proxies are subclasses even where there are interfaces. */
  static boolean classProxies(Environment environment) {
    return environment.getProperty("spring.aop.proxy-target-class", Boolean.class, true);
  }
}
