package io.otlpevents.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.resource.v1.Resource;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ReceivedEventTests {

  @Test
  void readsTheRecord() {
    ReceivedEvent event = event(Exports.FULL_RECORD);

    assertThat(event.eventName()).isEqualTo("order.placed");
    assertThat(event.time()).contains(Instant.parse("2018-12-13T14:51:00.300000001Z"));
    assertThat(event.observedTime()).contains(Instant.parse("2018-12-13T14:51:00.400Z"));
    assertThat(event.traceId()).isEqualTo(Exports.TRACE_ID);
    assertThat(event.spanId()).isEqualTo(Exports.SPAN_ID);
    assertThat(event.attribute("order.total").orElseThrow().getDoubleValue()).isEqualTo(9.5);
    assertThat(event.attribute("missing")).isEmpty();
  }

  @Test
  void hasNothingInsteadOfDefaults() {
    ReceivedEvent event = event(LogRecord.getDefaultInstance());

    assertThat(event.eventName()).isEmpty();
    assertThat(event.time()).isEmpty();
    assertThat(event.observedTime()).isEmpty();
    assertThat(event.traceId()).isEmpty();
    assertThat(event.spanId()).isEmpty();
  }

  @Test
  void takesInvalidIdsAsMissing() {
    ReceivedEvent event =
        event(
            LogRecord.newBuilder()
                .setTraceId(ByteString.copyFrom(new byte[16]))
                .setSpanId(ByteString.fromHex("0102"))
                .build());

    assertThat(event.traceId()).isEmpty();
    assertThat(event.spanId()).isEmpty();
  }

  @Test
  void takesTimesAsUnsigned() {
    assertThat(event(LogRecord.newBuilder().setTimeUnixNano(-1L).build()).time())
        .contains(Instant.ofEpochSecond(18_446_744_073L, 709_551_615));
  }

  private static ReceivedEvent event(LogRecord logRecord) {
    return new ReceivedEvent(
        1,
        Instant.EPOCH,
        Transport.GRPC,
        Resource.getDefaultInstance(),
        "",
        InstrumentationScope.getDefaultInstance(),
        "",
        logRecord);
  }
}
