package io.otlpevents.propagation.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.opentelemetry.context.Context;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/** Looks for contexts that were left on the threads of servers and executors. */
final class Threads {

  private Threads() {}

  static void assertNoContextRemains(TestApplication application) {
    assertThat(Context.current()).as("on the test's thread").isSameAs(Context.root());
    application.context().getBeanProvider(ThreadPoolTaskExecutor.class).stream()
        .forEach(executor -> onEach(executor.getThreadPoolExecutor(), 2));
    WebServer server = ((WebServerApplicationContext) application.context()).getWebServer();
    if (server instanceof TomcatWebServer tomcat) {
      onEach(tomcat.getTomcat().getConnector().getProtocolHandler().getExecutor(), 2);
    }
    application.context().getBeanProvider(ReactorResourceFactory.class).stream()
        .forEach(
            resources -> {
              onEach(resources.getLoopResources().onServer(true));
              onEach(resources.getLoopResources().onClient(true));
            });
  }

  /** Occupies all threads of a pool at the same time, so that each is looked at. */
  private static void onEach(Executor pool, int threads) {
    CountDownLatch all = new CountDownLatch(threads);
    List<Context> seen = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch done = new CountDownLatch(threads);
    for (int i = 0; i < threads; i++) {
      pool.execute(
          () -> {
            all.countDown();
            await(all);
            seen.add(Context.current());
            done.countDown();
          });
    }
    await(done);
    assertThat(seen).hasSize(threads).allMatch(context -> context == Context.root());
  }

  private static void onEach(EventLoopGroup group) {
    List<Future<Context>> seen = new ArrayList<>();
    for (EventExecutor loop : group) {
      seen.add(loop.submit(Context::current));
    }
    for (Future<Context> context : seen) {
      try {
        assertThat(context.get(20, TimeUnit.SECONDS)).isSameAs(Context.root());
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
