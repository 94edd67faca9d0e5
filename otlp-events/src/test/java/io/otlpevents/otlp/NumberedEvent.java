package io.otlpevents.otlp;

import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.otlpevents.EmitResult;
import io.otlpevents.EventEmitter;
import java.util.SplittableRandom;

/**
 * An event that is known from two numbers, so that whoever receives it can tell whether anything of
 * it has changed.
 */
final class NumberedEvent {

  private static final String PROCESS = "kill.process";
  private static final String NUMBER = "kill.number";

  private final int process;
  private final int number;
  private final Severity severity;
  private final double price;
  private final boolean express;
  private final String text;

  NumberedEvent(int process, int number) {
    this.process = process;
    this.number = number;
    SplittableRandom random = new SplittableRandom((long) process << 32 | number);
    this.severity = random.nextBoolean() ? Severity.INFO : Severity.WARN;
    this.price = random.nextInt(1_000_000) / 100.0;
    this.express = random.nextBoolean();
    // Mostly small, sometimes large, so that frames end everywhere in a segment.
    int length = random.nextInt(random.nextInt(20) == 0 ? 8_000 : 600);
    StringBuilder characters = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      characters.append((char) ('!' + random.nextInt(90)));
    }
    this.text = characters.append('é').toString();
  }

  EmitResult emit(EventEmitter emitter) {
    return emitter
        .event("kill." + process % 7)
        .severity(severity)
        .attribute(PROCESS, (long) process)
        .attribute(NUMBER, (long) number)
        .attribute("kill.price", price)
        .attribute("kill.express", express)
        .body(text)
        .emit();
  }

  static int process(LogRecord event) {
    return (int) integer(event, PROCESS);
  }

  static int number(LogRecord event) {
    return (int) integer(event, NUMBER);
  }

  static String uid(LogRecord event) {
    return attribute(event, "log.record.uid").getValue().getStringValue();
  }

  /** Whether what arrived is what was emitted. */
  boolean equals(LogRecord event) {
    return event.getEventName().equals("kill." + process % 7)
        && event.getSeverityNumberValue() == severity.getSeverityNumber()
        && event.getTimeUnixNano() > 0
        && event.getBody().getStringValue().equals(text)
        && attribute(event, "kill.price").getValue().getDoubleValue() == price
        && attribute(event, "kill.express").getValue().getBoolValue() == express
        && process(event) == process
        && number(event) == number
        // Ours and the unique id.
        && event.getAttributesCount() == 5;
  }

  private static long integer(LogRecord event, String key) {
    return attribute(event, key).getValue().getIntValue();
  }

  private static KeyValue attribute(LogRecord event, String key) {
    for (KeyValue attribute : event.getAttributesList()) {
      if (attribute.getKey().equals(key)) {
        return attribute;
      }
    }
    throw new IllegalStateException("an event without " + key + ": " + event);
  }
}
