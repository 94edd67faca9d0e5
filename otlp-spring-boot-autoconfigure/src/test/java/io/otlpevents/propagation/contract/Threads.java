package io.otlpevents.propagation.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.opentelemetry.context.Context;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.util.ClassUtils;

/** Looks for contexts that were left on the threads of servers and executors. */
public final class Threads {

  private static final boolean MICROMETER_TRACING =
      ClassUtils.isPresent("io.micrometer.tracing.Tracer", Threads.class.getClassLoader());

  /** What is current after the root has been made current under OpenTelemetry's agent. */
  private static final String ROOT_OF_THE_AGENT =
      "AgentContextWrapper{agentContext={}, applicationContext={}}";

  private Threads() {}

  /** Looks at each thread of an application's servers and executors. */
  public static void assertNoContextRemains(ApplicationContext application) {
    Callable<List<Object>> remains = () -> contexts(application);
    assertThat(contexts(application)).as("on the test's thread").isEmpty();
    application.getBeanProvider(ThreadPoolTaskExecutor.class).stream()
        .forEach(executor -> onEach(executor.getThreadPoolExecutor(), 2, remains));
    WebServer server = ((WebServerApplicationContext) application).getWebServer();
    if (server instanceof TomcatWebServer tomcat) {
      onEach(tomcat.getTomcat().getConnector().getProtocolHandler().getExecutor(), 2, remains);
    }
    application.getBeanProvider(ReactorResourceFactory.class).stream()
        .forEach(
            resources -> {
              onEach(resources.getLoopResources().onServer(true), remains);
              onEach(resources.getLoopResources().onClient(true), remains);
            });
  }

  /** What is current on this thread, of whatever tracer. */
  private static List<Object> contexts(ApplicationContext application) {
    List<Object> found = new ArrayList<>();
    if (Context.current() != Context.root()
        && !Context.current().toString().equals(ROOT_OF_THE_AGENT)) {
      found.add(Context.current());
    }
    if (MICROMETER_TRACING) {
      Micrometer.add(application, found);
    }
    return found;
  }

  /** Loaded only where Micrometer Tracing is there. */
  private static final class Micrometer {

    static void add(ApplicationContext application, List<Object> found) {
      application.getBeanProvider(Tracer.class).stream()
          .map(Tracer::currentSpan)
          .filter(Objects::nonNull)
          .filter(span -> span != Span.NOOP)
          .forEach(found::add);
    }
  }

  /** Occupies all threads of a pool at the same time, so that each is looked at. */
  private static void onEach(Executor pool, int threads, Callable<List<Object>> remains) {
    CountDownLatch all = new CountDownLatch(threads);
    List<Object> seen = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch done = new CountDownLatch(threads);
    for (int i = 0; i < threads; i++) {
      pool.execute(
          () -> {
            all.countDown();
            await(all);
            try {
              seen.addAll(remains.call());
            } catch (Exception e) {
              seen.add(e);
            }
            done.countDown();
          });
    }
    await(done);
    assertThat(seen).as("on the threads of a pool").isEmpty();
  }

  private static void onEach(EventLoopGroup group, Callable<List<Object>> remains) {
    List<Future<List<Object>>> seen = new ArrayList<>();
    for (EventExecutor loop : group) {
      seen.add(loop.submit(remains));
    }
    for (Future<List<Object>> contexts : seen) {
      try {
        assertThat(contexts.get(20, TimeUnit.SECONDS)).as("on an event loop").isEmpty();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(20, TimeUnit.SECONDS)) {
        throw new AssertionError("the threads did not come free in time");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
