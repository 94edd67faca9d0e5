package io.otlpevents.propagation.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.proto.logs.v1.LogRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.springframework.boot.WebApplicationType;

/** An application in a process with OpenTelemetry's agent. */
public final class ForkedApplication implements RunningApplication {

  /** The maker of spans by a tracer that is not the agent. */
  public static final String APPLICATION = "application";

  private static final String LAST = "last-";

  private final String name = UUID.randomUUID().toString();
  private final ForkedJvm jvm;
  private final RawDownstream downstream = new RawDownstream();
  private final int port;

  /** Starts it. */
  public ForkedApplication(ForkedJvm jvm, WebApplicationType web, String... properties) {
    this.jvm = jvm;
    List<String> command = new ArrayList<>(List.of("start", name, web.name(), downstream.url()));
    command.addAll(List.of(properties));
    port = Integer.parseInt(jvm.ask(command.toArray(String[]::new)).get(0));
  }

  @Override
  public RawDownstream downstream() {
    return downstream;
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public CollectedEvents events() {
    CollectedEvents events = new CollectedEvents();
    for (String line : jvm.ask("events", name)) {
      try {
        events.add(LogRecord.parseFrom(Base64.getDecoder().decode(line)));
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError(line, e);
      }
    }
    return events;
  }

  @Override
  public void forgetEvents() {
    jvm.ask("forget", name);
  }

  /** Those of the agent, of all applications in the process, and those of this application. */
  @Override
  public List<RecordedSpan> spans() {
    // The agent sends spans in the order in which they end: with this one the others are there.
    String last = LAST + UUID.randomUUID();
    List<RecordedSpan> spans = new ArrayList<>();
    for (String line : jvm.ask("spans", name, last)) {
      String[] span = line.split("\t");
      spans.add(
          new RecordedSpan(
              APPLICATION, SpanKind.valueOf(span[0]), span[1], span[2], span[3], List.of()));
    }
    Awaitility.await("the agent sends its spans")
        .pollInterval(Duration.ofMillis(2))
        .atMost(Duration.ofSeconds(20))
        .until(() -> jvm.received.spans().stream().anyMatch(span -> span.name().equals(last)));
    jvm.received.spans().stream().filter(span -> !span.name().startsWith(LAST)).forEach(spans::add);
    return spans;
  }

  @Override
  public void forgetSpans() {
    // Those that are under way, too.
    assertThat(spans()).isNotNull();
    jvm.received.forget();
    jvm.ask("forget-spans", name);
  }

  @Override
  public void assertNoContextRemains() {
    jvm.ask("threads", name);
  }

  @Override
  public void close() throws Exception {
    jvm.ask("stop", name);
    downstream.close();
  }
}
