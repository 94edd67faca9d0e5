package io.otlpevents.aop;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.util.ClassUtils;

/** Looks for transaction managers without needing spring-tx. */
final class TransactionManagers {

  private static final String PACKAGE = "org.springframework.transaction.";

  private TransactionManagers() {}

  /** Whether methods with such results can have transactions: spring-tx and a manager. */
  static boolean exist(ListableBeanFactory beans, ResultKind kind) {
    String type =
        PACKAGE
            + (kind == ResultKind.REACTIVE ? "ReactiveTransactionManager" : "TransactionManager");
    ClassLoader loader = TransactionManagers.class.getClassLoader();
    return ClassUtils.isPresent(type, loader)
        && beans.getBeanNamesForType(ClassUtils.resolveClassName(type, loader)).length > 0;
  }
}
