package io.otlpevents.propagation.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * An application in a process of its own, under an agent that exports its spans by OTLP over HTTP.
 * The broker stays in this process.
 */
public final class ForkedKafkaApplication extends KafkaApplication {

  private static final String MARK = "mark";

  private final SpansReceiver receiver = new SpansReceiver();
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private final Queue<String> output = new ConcurrentLinkedQueue<>();
  private final Process process;
  private int marks;

  /**
   * Starts it, with the class path of this process but for the agent.
   *
   * @param agent its file
   */
  public ForkedKafkaApplication(Path agent, String... properties) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-javaagent:" + agent);
    command.add("-Dotel.exporter.otlp.endpoint=" + receiver.endpoint());
    command.add("-Dotel.exporter.otlp.protocol=http/protobuf");
    command.add("-Dotel.bsp.schedule.delay=20");
    command.add("-Dotel.metrics.exporter=none");
    command.add("-Dotel.logs.exporter=none");
    command.add("-cp");
    command.add(
        String.join(
            File.pathSeparator,
            List.of(System.getProperty("java.class.path").split(File.pathSeparator)).stream()
                .filter(entry -> !Path.of(entry).equals(agent))
                .toList()));
    command.add(KafkaProcess.class.getName());
    with(properties).forEach(property -> command.add("--" + property));
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread reader = new Thread(this::read, "output of " + process.pid());
    reader.setDaemon(true);
    reader.start();
    assertThat(answer()).isEqualTo("ready");
    listen();
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(KafkaProcess.ANSWER)) {
          answers.add(line.substring(KafkaProcess.ANSWER.length()));
        } else {
          output.add(line);
        }
      }
    } catch (IOException e) {
      output.add(e.toString());
    }
    answers.add("ended");
  }

  private String ask(String question) {
    try {
      process.getOutputStream().write((question + "\n").getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw new AssertionError(String.join("\n", output), e);
    }
    return answer();
  }

  private String answer() {
    try {
      String answer = answers.poll(2, TimeUnit.MINUTES);
      if (answer == null || answer.equals("ended")) {
        throw new AssertionError(String.join("\n", output));
      }
      return answer;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public String event(String name) {
    return ask("event " + name);
  }

  @Override
  public List<SeenSpan> spans() {
    assertThat(ask(MARK)).isEqualTo("done");
    marks++;
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(5))
        .until(
            () -> receiver.spans.stream().filter(ForkedKafkaApplication::isMark).count() == marks);
    return receiver.spans.stream().filter(span -> !isMark(span)).toList();
  }

  private static boolean isMark(SeenSpan span) {
    return span.name().equals(MARK);
  }

  @Override
  public void awaitIdle() {
    assertThat(ask("await idle")).isEqualTo("done");
  }

  @Override
  public void assertNoContextWasLeft() {
    assertThat(ask("assert no context was left")).isEqualTo("done");
  }

  @Override
  void forget() {
    awaitIdle();
    spans();
    receiver.spans.clear();
    marks = 0;
    assertThat(ask("forget")).isEqualTo("done");
    super.forget();
  }

  @Override
  public void close() {
    super.close();
    try {
      // Ends the questions, and so the process.
      process.getOutputStream().close();
      if (!process.waitFor(1, TimeUnit.MINUTES)) {
        throw new AssertionError("does not end\n" + String.join("\n", output));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      process.destroyForcibly();
      receiver.close();
    }
  }
}
