package io.otlpevents.aop;

import static org.assertj.core.api.Assertions.assertThat;

import io.otlpevents.annotation.EmitEvent;
import io.otlpevents.annotation.EmitEvent.Phase;
import io.otlpevents.autoconfigure.OtlpEventsAutoConfiguration;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.util.ClassUtils;

/** Everything happens in a class loader that has none of the optional libraries. */
class WithoutOptionalLibrariesTests {

  private static final List<String> MISSING =
      List.of(
          "spring-tx",
          "reactor-core",
          "reactive-streams",
          "context-propagation",
          "kotlin",
          "jackson-databind",
          "aspectj");

  @Test
  void eventsAreEmitted() throws Exception {
    assertThat(inBareLoader("emit")).isEqualTo("[called, later]");
  }

  @Test
  void anEventThatWaitsForATransactionStopsTheStart() throws Exception {
    assertThat(inBareLoader("startWithPhase"))
        .contains("waits for the end of a transaction")
        .contains("no transaction manager");
  }

  private static String inBareLoader(String method) throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path path = Path.of(entry);
      if (MISSING.stream().noneMatch(path.getFileName().toString()::contains)) {
        urls.add(url(path));
      }
    }
    try (URLClassLoader loader =
        new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader())) {
      Thread thread = Thread.currentThread();
      ClassLoader before = thread.getContextClassLoader();
      thread.setContextClassLoader(loader);
      try {
        return (String)
            loader.loadClass(Application.class.getName()).getMethod(method).invoke(null);
      } catch (InvocationTargetException e) {
        throw new AssertionError(e.getCause());
      } finally {
        thread.setContextClassLoader(before);
      }
    }
  }

  private static URL url(Path path) throws MalformedURLException {
    return path.toUri().toURL();
  }

  /** What runs in the bare class loader. */
  public static final class Application {

    private Application() {}

    /** The names of what was emitted. */
    public static String emit() {
      for (String type :
          List.of("reactor.core.publisher.Mono", "tools.jackson.databind.JsonNode")) {
        if (ClassUtils.isPresent(type, Application.class.getClassLoader())) {
          throw new AssertionError(type + " is there");
        }
      }
      RecordingEmitter emitter = new RecordingEmitter();
      try (AnnotationConfigApplicationContext context = start(emitter, Plain.class, Plain::new)) {
        Plain bean = context.getBean(Plain.class);
        Object unused = bean.call();
        CompletableFuture<String> future = new CompletableFuture<>();
        CompletableFuture<String> returned = bean.later(future);
        if (returned != future) {
          throw new AssertionError("not the same future");
        }
        future.complete("x");
      }
      return emitter.events.stream().map(e -> e.name).toList().toString();
    }

    /** The message of the failure. */
    public static String startWithPhase() {
      RecordingEmitter emitter = new RecordingEmitter();
      try (AnnotationConfigApplicationContext context = start(emitter, Waits.class, Waits::new)) {
        return "started";
      } catch (RuntimeException e) {
        return String.valueOf(NestedExceptionUtils.getMostSpecificCause(e).getMessage());
      }
    }

    private static <T> AnnotationConfigApplicationContext start(
        RecordingEmitter emitter, Class<T> type, Supplier<T> bean) {
      AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
      context.registerBean("emitter", RecordingEmitter.class, () -> emitter);
      context.registerBean("bean", type, bean);
      context.register(OtlpEventsAutoConfiguration.class);
      context.refresh();
      return context;
    }
  }

  static class Plain {

    @EmitEvent("called")
    Object call() {
      return "x";
    }

    @EmitEvent("later")
    CompletableFuture<String> later(CompletableFuture<String> future) {
      return future;
    }
  }

  static class Waits {

    @EmitEvent(value = "waits", phase = Phase.AFTER_COMMIT)
    void call() {}
  }
}
