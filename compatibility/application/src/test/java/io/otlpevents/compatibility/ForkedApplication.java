package io.otlpevents.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.trace.v1.Span;
import io.otlpevents.propagation.contract.CollectedEvents;
import io.otlpevents.propagation.contract.RawDownstream;
import io.otlpevents.propagation.contract.RecordedSpan;
import io.otlpevents.propagation.contract.RunningApplication;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.springframework.boot.WebApplicationType;

/** An application in a process with OpenTelemetry's agent. */
final class ForkedApplication implements RunningApplication {

  private static final String LAST = "last-";

  private final String name = UUID.randomUUID().toString();
  private final ForkedJvm jvm;
  private final RawDownstream downstream = new RawDownstream();
  private final int port;

  ForkedApplication(ForkedJvm jvm, WebApplicationType web, String... properties) {
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

  /** Of all applications in the process. */
  @Override
  public List<RecordedSpan> spans() {
    // The agent sends spans in the order in which they end: with this one the others are there.
    String last = LAST + UUID.randomUUID();
    jvm.ask("span", last);
    Awaitility.await("the agent sends its spans")
        .pollInterval(Duration.ofMillis(2))
        .atMost(Duration.ofSeconds(20))
        .until(() -> jvm.received.spans.stream().anyMatch(span -> span.getName().equals(last)));
    return jvm.received.spans.stream()
        .filter(span -> !span.getName().startsWith(LAST))
        .map(ForkedApplication::recorded)
        .toList();
  }

  private static RecordedSpan recorded(Span span) {
    return new RecordedSpan(
        RecordedSpan.OPENTELEMETRY,
        SpanKind.valueOf(span.getKind().name().substring("SPAN_KIND_".length())),
        span.getName(),
        hex(span.getTraceId()),
        hex(span.getSpanId()));
  }

  private static String hex(ByteString id) {
    return HexFormat.of().formatHex(id.toByteArray());
  }

  @Override
  public void forgetSpans() {
    // Those that are under way, too.
    assertThat(spans()).isNotNull();
    jvm.received.spans.clear();
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
