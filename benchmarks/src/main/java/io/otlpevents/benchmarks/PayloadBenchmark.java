package io.otlpevents.benchmarks;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.logs.Severity;
import io.otlpevents.EmitResult;
import io.otlpevents.EventEmitter;
import io.otlpevents.PayloadMode;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;
import tools.jackson.databind.json.JsonMapper;

/**
 * Emits an object as payload in each of the modes, next to what an application does without them:
 * Jackson makes a JSON text, which becomes an attribute. All inside a span, into something that
 * throws batches away at once.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {"-Xms1g", "-Xmx1g", "-XX:+UseG1GC"})
public class PayloadBenchmark {

  private static final String PAYLOAD = "order";
  private static final AttributeKey<String> PAYLOAD_KEY = AttributeKey.stringKey(PAYLOAD);
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  @Benchmark
  public EmitResult flat(EmitBenchmark.Engine engine, EmitBenchmark.Emitter emitter) {
    return emit(engine.client.emitter(), emitter.number++, PayloadMode.FLAT);
  }

  @Benchmark
  public EmitResult structuredBody(EmitBenchmark.Engine engine, EmitBenchmark.Emitter emitter) {
    return emit(engine.client.emitter(), emitter.number++, PayloadMode.STRUCTURED_BODY);
  }

  @Benchmark
  public EmitResult nestedAttribute(EmitBenchmark.Engine engine, EmitBenchmark.Emitter emitter) {
    return emit(engine.client.emitter(), emitter.number++, PayloadMode.NESTED_ATTRIBUTE);
  }

  @Benchmark
  public EmitResult jsonString(EmitBenchmark.Engine engine, EmitBenchmark.Emitter emitter) {
    return emit(engine.client.emitter(), emitter.number++, PayloadMode.JSON_STRING);
  }

  private static EmitResult emit(EventEmitter emitter, long number, PayloadMode mode) {
    return emitter
        .event(SampleEvent.NAME)
        .attribute(SampleEvent.NUMBER, number)
        .payload(SampleOrder.number(number), mode)
        .emit();
  }

  /** Jackson's text through the same engine. */
  @Benchmark
  public EmitResult jacksonText(EmitBenchmark.Engine engine, EmitBenchmark.Emitter emitter) {
    long number = emitter.number++;
    return engine
        .client
        .emitter()
        .event(SampleEvent.NAME)
        .attribute(SampleEvent.NUMBER, number)
        .attribute(PAYLOAD, MAPPER.writeValueAsString(SampleOrder.number(number)))
        .emit();
  }

  /** Jackson's text through OpenTelemetry's batch processor, which encodes nothing here. */
  @Benchmark
  public void jacksonTextBlrp(EmitBenchmark.BlrpTuned blrp, EmitBenchmark.Emitter emitter) {
    long number = emitter.number++;
    blrp.client
        .logger()
        .logRecordBuilder()
        .setEventName(SampleEvent.NAME)
        .setTimestamp(System.currentTimeMillis(), TimeUnit.MILLISECONDS)
        .setSeverity(Severity.INFO)
        .setAttribute(SampleEvent.ORDER_NUMBER, number)
        .setAttribute(PAYLOAD_KEY, MAPPER.writeValueAsString(SampleOrder.number(number)))
        .emit();
  }
}
