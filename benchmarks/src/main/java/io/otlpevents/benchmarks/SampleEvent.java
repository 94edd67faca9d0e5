package io.otlpevents.benchmarks;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.otlpevents.EmitResult;
import io.otlpevents.EventEmitter;
import io.otlpevents.EventRecord;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * The one event that everything here emits: seven attributes (three texts, two integers, a
 * floating-point number, a boolean) and a body of 100 characters. Texts are made beforehand and
 * taken in turn, so that neither contestant pays for making them and neither sees the same event
 * twice in a row.
 */
final class SampleEvent {

  static final String NAME = "order.placed";

  /** The attribute that tells the events of a run apart. */
  static final String NUMBER = "order.number";

  private static final AttributeKey<String> ORDER_ID = AttributeKey.stringKey("order.id");
  private static final AttributeKey<String> CUSTOMER_ID = AttributeKey.stringKey("customer.id");
  private static final AttributeKey<String> CURRENCY = AttributeKey.stringKey("order.currency");
  static final AttributeKey<Long> ORDER_NUMBER = AttributeKey.longKey(NUMBER);
  private static final AttributeKey<Long> ITEMS = AttributeKey.longKey("order.items");
  private static final AttributeKey<Double> TOTAL = AttributeKey.doubleKey("order.total");
  private static final AttributeKey<Boolean> EXPRESS = AttributeKey.booleanKey("order.express");

  private static final String[] CURRENCIES = {"EUR", "USD", "GBP", "JPY"};
  private static final int VARIANTS = 1024;
  private static final String[] ORDER_IDS = new String[VARIANTS];
  private static final String[] CUSTOMER_IDS = new String[VARIANTS];
  private static final String[] BODIES = new String[VARIANTS];

  static {
    for (int i = 0; i < VARIANTS; i++) {
      ORDER_IDS[i] = new UUID(0x0190_0000_7000_0000L + i, 0x8000_0000_0000_0000L + i).toString();
      CUSTOMER_IDS[i] = "cust-%06d".formatted(i * 31);
      String text =
          "Order %s of customer %s was placed and waits for its payment to be confirmed"
              .formatted(ORDER_IDS[i], CUSTOMER_IDS[i]);
      BODIES[i] = (text + ".".repeat(100)).substring(0, 100);
    }
  }

  private SampleEvent() {}

  static EmitResult emit(EventEmitter emitter, long number) {
    int variant = (int) number & VARIANTS - 1;
    return emitter
        .event(NAME)
        .attribute("order.id", ORDER_IDS[variant])
        .attribute("customer.id", CUSTOMER_IDS[variant])
        .attribute("order.currency", CURRENCIES[variant & 3])
        .attribute(NUMBER, number)
        .attribute("order.items", (long) (variant & 15))
        .attribute("order.total", variant * 1.25)
        .attribute("order.express", (variant & 1) == 0)
        .body(BODIES[variant])
        .emit();
  }

  /** The same event built as a value first. */
  static EmitResult emitRecord(EventEmitter emitter, long number) {
    int variant = (int) number & VARIANTS - 1;
    return emitter.emit(
        EventRecord.builder(NAME)
            .attribute("order.id", ORDER_IDS[variant])
            .attribute("customer.id", CUSTOMER_IDS[variant])
            .attribute("order.currency", CURRENCIES[variant & 3])
            .attribute(NUMBER, number)
            .attribute("order.items", (long) (variant & 15))
            .attribute("order.total", variant * 1.25)
            .attribute("order.express", (variant & 1) == 0)
            .body(BODIES[variant])
            .build());
  }

  /** The same event through OpenTelemetry's logs API, in its cheapest form: with ready keys. */
  static void emit(Logger logger, long number) {
    int variant = (int) number & VARIANTS - 1;
    logger
        .logRecordBuilder()
        .setEventName(NAME)
        // An event must have a timestamp, and the SDK does not set one.
        .setTimestamp(System.currentTimeMillis(), TimeUnit.MILLISECONDS)
        .setSeverity(Severity.INFO)
        .setAttribute(ORDER_ID, ORDER_IDS[variant])
        .setAttribute(CUSTOMER_ID, CUSTOMER_IDS[variant])
        .setAttribute(CURRENCY, CURRENCIES[variant & 3])
        .setAttribute(ORDER_NUMBER, number)
        .setAttribute(ITEMS, (long) (variant & 15))
        .setAttribute(TOTAL, variant * 1.25)
        .setAttribute(EXPRESS, (variant & 1) == 0)
        .setBody(BODIES[variant])
        .emit();
  }

  /** A context with a valid, sampled span. */
  static Context spanContext() {
    return Context.root()
        .with(
            Span.wrap(
                SpanContext.create(
                    "5b8efff798038103d269b633813fc60c",
                    "eee19b7ec3c1b174",
                    TraceFlags.getSampled(),
                    TraceState.getDefault())));
  }
}
