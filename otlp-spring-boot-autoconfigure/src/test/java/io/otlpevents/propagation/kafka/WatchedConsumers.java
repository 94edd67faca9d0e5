package io.otlpevents.propagation.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.context.Context;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.awaitility.Awaitility;
import org.springframework.kafka.core.ConsumerPostProcessor;

/**
 * Looks at the context of each consumer's thread whenever it asks for records, which is when it is
 * done with the last ones.
 */
final class WatchedConsumers implements ConsumerPostProcessor<Object, Object> {

  private final Map<Consumer<?, ?>, Boolean> busy = new ConcurrentHashMap<>();
  private final Collection<String> left = new ConcurrentLinkedQueue<>();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  @Override
  @SuppressWarnings("unchecked") // The proxy implements this interface.
  public Consumer<Object, Object> apply(Consumer<Object, Object> consumer) {
    return (Consumer<Object, Object>)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Consumer.class},
            (proxy, method, args) -> {
              boolean poll = method.getName().equals("poll") && args[0] instanceof Duration;
              if (poll) {
                look();
                busy.put(consumer, false);
              }
              try {
                Object result = method.invoke(consumer, args);
                if (poll && !((ConsumerRecords<?, ?>) result).isEmpty()) {
                  busy.put(consumer, true);
                }
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private void look() {
    threads.add(Thread.currentThread());
    Context current = Context.current();
    if (current != Context.root()) {
      left.add(Thread.currentThread().getName() + " " + current);
    }
  }

  Set<Thread> threads() {
    return threads;
  }

  /** Waits until all consumers have handled what they got. */
  void awaitIdle() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> !busy.containsValue(true));
  }

  void assertNoContextWasLeft() {
    awaitIdle();
    assertThat(left).as("contexts left on consumers' threads").isEmpty();
  }
}
