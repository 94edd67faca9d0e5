package io.otlpevents.aop;

import io.otlpevents.EventEmitter;
import io.otlpevents.annotation.EmitEvent;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Emits an event for each call of a method annotated with {@link EmitEvent}, directly, through
 * another annotation, on its class, or on an interface or superclass.
 *
 * <p>Whatever goes wrong in emitting, the method's result or exception reaches its caller
 * unchanged. A mistake in an annotation is thrown as {@link InvalidEmitEventException} when the
 * bean is created, or, if it concerns other beans, when all singletons exist.
 */
public final class EmitEventAspect implements SmartInitializingSingleton {

  private final ListableBeanFactory beans;
  private final EmitEventPlans plans;

  /**
   * Creates the aspect.
   *
   * @param beans where emitters and transaction managers are looked up; asked when all singletons
   *     exist, or before if an annotated method is called earlier
   * @param classProxies whether proxies are subclasses even where there are interfaces
   */
  public EmitEventAspect(ListableBeanFactory beans, boolean classProxies) {
    this.beans = beans;
    this.plans =
        new EmitEventPlans(
            this::emitter, kind -> TransactionManagers.exist(beans, kind), classProxies);
  }

  /** Emits most events, when everything around the method has ended. */
  public EmitEventAdvisor aroundTransactions() {
    return new EmitEventAdvisor(plans, false);
  }

  /** Emits the events that wait for the end of a transaction. Needs spring-tx. */
  public EmitEventAdvisor withinTransactions() {
    return new EmitEventAdvisor(plans, true);
  }

  /** Asks for what events need, so that something missing or ambiguous stops the start. */
  @Override
  public void afterSingletonsInstantiated() {
    emitter("");
    plans.checkBeans();
  }

  private EventEmitter emitter(String name) {
    if (name.isEmpty()) {
      return beans.getBeanProvider(EventEmitter.class).getObject();
    }
    Object bean = beans.getBean(name);
    if (bean instanceof EventEmitter emitter) {
      return emitter;
    }
    throw new NoSuchBeanDefinitionException(name, "it is no EventEmitter");
  }
}
