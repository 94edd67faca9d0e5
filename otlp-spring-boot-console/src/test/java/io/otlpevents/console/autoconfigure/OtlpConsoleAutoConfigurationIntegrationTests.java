package io.otlpevents.console.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.otlpevents.console.OtlpReceiver;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.dynamic.loading.ClassLoadingStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class OtlpConsoleAutoConfigurationIntegrationTests {

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(OtlpConsoleAutoConfiguration.class))
          .withPropertyValues(
              "otlp.console.enabled=true", "otlp.console.grpc-port=0", "otlp.console.http-port=0");

  @Test
  void listensWhileTheContextRuns() {
    List<OtlpReceiver> receivers = new ArrayList<>();
    runner.run(
        context -> {
          OtlpReceiver receiver = context.getBean(OtlpReceiver.class);
          receivers.add(receiver);
          assertThat(receiver.host()).isEqualTo("127.0.0.1");
          assertThat(receiver.grpcPort()).isPositive();
          assertThat(post(receiver, namedEvents("a")).statusCode()).isEqualTo(200);
          assertThat(receiver.events()).hasSize(1);
        });
    assertThat(receivers).singleElement().matches(receiver -> !receiver.isRunning());
  }

  @Test
  void listensWhereTheyAreConfigured() throws Exception {
    int grpcPort;
    int httpPort;
    try (ServerSocket grpc = new ServerSocket(0);
        ServerSocket http = new ServerSocket(0)) {
      grpcPort = grpc.getLocalPort();
      httpPort = http.getLocalPort();
    }
    runner
        .withPropertyValues(
            "otlp.console.host=localhost",
            "otlp.console.grpc-port=" + grpcPort,
            "otlp.console.http-port=" + httpPort)
        .run(
            context -> {
              OtlpReceiver receiver = context.getBean(OtlpReceiver.class);
              assertThat(receiver.host()).isEqualTo("localhost");
              assertThat(receiver.grpcPort()).isEqualTo(grpcPort);
              assertThat(receiver.httpPort()).isEqualTo(httpPort);
            });
  }

  @Test
  void boundsTheStoreAsConfigured() {
    runner
        .withPropertyValues("otlp.console.max-events=2")
        .run(
            context -> {
              OtlpReceiver receiver = context.getBean(OtlpReceiver.class);
              post(receiver, namedEvents("a", "b", "c"));
              assertThat(receiver.stats().evicted()).isEqualTo(1);
            });
    runner
        .withPropertyValues("otlp.console.max-bytes=1B")
        .run(
            context -> {
              OtlpReceiver receiver = context.getBean(OtlpReceiver.class);
              post(receiver, namedEvents("a"));
              assertThat(receiver.stats().evicted()).isEqualTo(1);
            });
  }

  @Test
  void boundsRequestsAsConfigured() {
    runner
        .withPropertyValues("otlp.console.max-request-bytes=10B")
        .run(
            context ->
                assertThat(post(context.getBean(OtlpReceiver.class), namedEvents("a")).statusCode())
                    .isEqualTo(413));
  }

  @Test
  void backsOffForTheApplicationsOwnReceiver() {
    runner
        .withUserConfiguration(OwnReceiver.class)
        .run(
            context -> {
              assertThat(context).hasSingleBean(OtlpReceiver.class).hasBean("ownReceiver");
              assertThat(context.getBean(OtlpReceiver.class).isRunning()).isFalse();
            });
  }

  @Test
  void listensInAnApplicationWithLazyBeans() {
    runner
        .withInitializer(
            context ->
                context.addBeanFactoryPostProcessor(
                    new LazyInitializationBeanFactoryPostProcessor()))
        .run(
            context ->
                assertThat(context.getSourceApplicationContext().getBeanFactory())
                    .satisfies(
                        beans -> assertThat(beans.containsSingleton("otlpReceiver")).isTrue()));
  }

  /** The emitter is declared first here, so without the dependency it would be created first. */
  @Test
  void listensBeforeTheEmitterIsCreatedAndUntilAfterItIsDestroyed() {
    Class<?> emitterType =
        new ByteBuddy()
            .makeInterface()
            .name(OtlpConsoleAutoConfiguration.EmitterConfiguration.EMITTER)
            .make()
            .load(getClass().getClassLoader())
            .getLoaded();
    Class<? extends ObservesReceiver> emitter =
        new ByteBuddy()
            .subclass(ObservesReceiver.class)
            .implement(emitterType)
            .make()
            .load(emitterType.getClassLoader(), ClassLoadingStrategy.Default.WRAPPER)
            .getLoaded();
    List<ObservesReceiver> emitters = new ArrayList<>();
    runner
        .withClassLoader(emitter.getClassLoader())
        .withBean("emitter", emitter)
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              emitters.add(context.getBean("emitter", ObservesReceiver.class));
            });

    assertThat(emitters)
        .singleElement()
        .satisfies(
            seen -> {
              assertThat(seen.runningWhenCreated).isTrue();
              assertThat(seen.runningWhenDestroyed).isTrue();
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"grpc-port", "http-port"})
  void namesThePropertyOfAPortThatIsInUse(String name) throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      runner
          .withPropertyValues("otlp.console." + name + "=" + taken.getLocalPort())
          .run(
              context -> {
                FailureAnalysis analysis =
                    new ReceiverBindFailureAnalyzer().analyze(context.getStartupFailure());
                assertThat(analysis).isNotNull();
                assertThat(analysis.getDescription())
                    .contains(String.valueOf(taken.getLocalPort()));
                assertThat(analysis.getAction()).contains("otlp.console." + name);
              });
    }
  }

  @Test
  void namesThePropertyOfAHostThatIsNotThisMachine() {
    runner
        .withPropertyValues("otlp.console.host=no such host")
        .run(
            context -> {
              FailureAnalysis analysis =
                  new ReceiverBindFailureAnalyzer().analyze(context.getStartupFailure());
              assertThat(analysis).isNotNull();
              assertThat(analysis.getAction()).contains("otlp.console.host");
            });
  }

  private static String namedEvents(String... names) {
    List<String> records = new ArrayList<>();
    for (String name : names) {
      records.add("{\"eventName\":\"" + name + "\"}");
    }
    return "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":" + records + "}]}]}";
  }

  private static HttpResponse<Void> post(OtlpReceiver receiver, String json) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + receiver.httpPort() + "/v1/logs"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build(),
            BodyHandlers.discarding());
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnReceiver {

    @Bean
    OtlpReceiver ownReceiver() {
      return OtlpReceiver.builder().grpcPort(0).httpPort(0).build();
    }
  }

  /** Looks at the receiver without asking for it, which would create it. */
  public static class ObservesReceiver
      implements BeanFactoryAware, InitializingBean, DisposableBean {

    private ConfigurableBeanFactory beans;
    private boolean runningWhenCreated;
    private boolean runningWhenDestroyed;

    @Override
    public void setBeanFactory(BeanFactory beanFactory) {
      beans = (ConfigurableBeanFactory) beanFactory;
    }

    @Override
    public void afterPropertiesSet() {
      runningWhenCreated = isReceiverRunning();
    }

    @Override
    public void destroy() {
      runningWhenDestroyed = isReceiverRunning();
    }

    private boolean isReceiverRunning() {
      return beans.getSingleton("otlpReceiver") instanceof OtlpReceiver receiver
          && receiver.isRunning();
    }
  }
}
