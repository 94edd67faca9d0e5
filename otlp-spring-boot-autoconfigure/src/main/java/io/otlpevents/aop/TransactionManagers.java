package io.otlpevents.aop;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.util.ClassUtils;

/** Looks for transaction managers without needing spring-tx. */
final class TransactionManagers {

  private static final String TYPE = "org.springframework.transaction.TransactionManager";

  private TransactionManagers() {}

  /** Whether the application can have transactions: spring-tx and a manager. */
  static boolean exist(ListableBeanFactory beans) {
    ClassLoader loader = TransactionManagers.class.getClassLoader();
    return ClassUtils.isPresent(TYPE, loader)
        && beans.getBeanNamesForType(ClassUtils.resolveClassName(TYPE, loader)).length > 0;
  }
}
