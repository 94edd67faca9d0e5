package io.otlpevents;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of one event at every destination.
 *
 * @param result what became of it when it was emitted
 * @param destinations the outcome at each destination, by its name; empty if the event was not
 *     accepted
 */
public record DeliveryReport(EmitResult result, Map<String, Outcome> destinations) {

  /** Copies the map. */
  public DeliveryReport {
    destinations = Map.copyOf(destinations);
  }

  /**
   * The outcome at one destination.
   *
   * @param status what became of the event
   * @param reason the reason of a refusal or an eviction, by which it is counted too, for example
   *     {@code INVALID_REQUEST} or {@code OVERFLOW}; null where there is none or it is not known
   */
  public record Outcome(DeliveryStatus status, @Nullable String reason) {}

  /**
   * Whether at least one destination acknowledged the event, and each one that is meant to get it.
   */
  public boolean isDelivered() {
    return destinations.values().stream()
            .allMatch(
                outcome ->
                    outcome.status() == DeliveryStatus.DELIVERED
                        || outcome.status() == DeliveryStatus.FILTERED)
        && destinations.values().stream()
            .anyMatch(outcome -> outcome.status() == DeliveryStatus.DELIVERED);
  }
}
