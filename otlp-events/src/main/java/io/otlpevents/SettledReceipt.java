package io.otlpevents;

import java.util.concurrent.CompletionStage;

/** A receipt of which everything is known. */
record SettledReceipt(
    EmitResult result,
    CompletionStage<Durability> durable,
    CompletionStage<DeliveryReport> delivered)
    implements EventReceipt {}
