package io.otlpevents.sample.demo;

import io.otlpevents.EventEmitter;
import io.otlpevents.FlushResult;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/**
 * Customers for the shop, as soon as it is open. They come over HTTP, so that every event has the
 * span of a request; a bounded number of them, at a steady rate. Then a summary is logged.
 */
@Component
@ConditionalOnBooleanProperty(name = "shop.demo.enabled", matchIfMissing = true)
class DemoTraffic {

  private static final Logger log = LoggerFactory.getLogger(DemoTraffic.class);
  private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(10);

  private final DemoProperties properties;
  private final EventEmitter events;
  private final Whereabouts whereabouts;
  private final CompletableFuture<Map<String, Long>> end = new CompletableFuture<>();
  private volatile @Nullable Thread thread;

  DemoTraffic(DemoProperties properties, EventEmitter events, Whereabouts whereabouts) {
    this.properties = properties;
    this.events = events;
    this.whereabouts = whereabouts;
  }

  @EventListener
  void start(ApplicationReadyEvent ready) {
    String port =
        ready.getApplicationContext().getEnvironment().getRequiredProperty("local.server.port");
    RestClient shop = RestClient.create("http://localhost:" + port);
    Thread customers = new Thread(() -> run(shop), "demo-traffic");
    customers.setDaemon(true);
    thread = customers;
    customers.start();
  }

  /** Completes with the events that were emitted, by name, when all orders are placed. */
  CompletableFuture<Map<String, Long>> end() {
    return end;
  }

  /** Sends the customers home before the shop closes. */
  @EventListener(ContextClosedEvent.class)
  void stop() throws InterruptedException {
    Thread customers = thread;
    if (customers != null) {
      customers.interrupt();
      customers.join(TimeUnit.SECONDS.toMillis(2));
    }
  }

  private void run(RestClient shop) {
    log.info(
        "Demo traffic: {} orders at {} per second (shop.demo.enabled=false for none)",
        properties.orders(),
        properties.rate());
    long start = System.nanoTime();
    int placed = 0;
    try {
      DemoCustomer customer = new DemoCustomer(shop, properties.seed());
      while (placed < properties.orders()) {
        long due = start + placed * TimeUnit.SECONDS.toNanos(1) / properties.rate();
        TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
        customer.shop();
        placed++;
      }
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      FlushResult flushed = events.flush(FLUSH_TIMEOUT);
      log.info(
          "Demo traffic is over: {} orders in {} s.{}",
          placed,
          "%.1f".formatted(took.toMillis() / 1000.0),
          whereabouts.summary(customer.expectedEvents(), flushed));
      end.complete(customer.expectedEvents());
    } catch (InterruptedException e) {
      log.info("Demo traffic ended after {} of {} orders.", placed, properties.orders());
    } catch (RestClientException e) {
      if (Thread.currentThread().isInterrupted()) {
        log.info("Demo traffic ended after {} of {} orders.", placed, properties.orders());
      } else {
        log.warn("Demo traffic ended after {} of {} orders.", placed, properties.orders(), e);
      }
    } finally {
      end.cancel(false); // Does nothing where the end has come.
    }
  }
}
