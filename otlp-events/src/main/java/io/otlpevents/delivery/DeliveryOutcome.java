package io.otlpevents.delivery;

import io.otlpevents.ledger.RefusalReason;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a destination says about a batch.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#otlpgrpc-response">OTLP responses</a>
 */
public sealed interface DeliveryOutcome {

  /** Every event of the batch has arrived. */
  record Delivered() implements DeliveryOutcome {}

  /**
   * The batch has arrived, but the receiver threw some of its events away. They are not sent again.
   * None may be thrown away: then the message is a warning.
   *
   * @param rejected how many, from 0
   * @param message the receiver's reason, as it came; empty for none
   */
  record PartiallyDelivered(long rejected, String message) implements DeliveryOutcome {

    /** Takes a missing message for an empty one. */
    public PartiallyDelivered {
      message = Objects.requireNonNullElse(message, "");
    }
  }

  /**
   * The batch could not be delivered now and will be sent again.
   *
   * @param reason why, for people; may come from the other side
   * @param after how long the receiver asks to wait; null if it does not say
   */
  record Retry(String reason, @Nullable Duration after) implements DeliveryOutcome {

    /** Takes a missing reason for an empty one. */
    public Retry {
      reason = Objects.requireNonNullElse(reason, "");
    }
  }

  /**
   * The receiver refuses the batch for good.
   *
   * @param reason the kind of refusal
   * @param message the receiver's words, as they came; empty for none
   */
  record Refused(RefusalReason reason, String message) implements DeliveryOutcome {

    /**
     * Takes a missing reason for {@link RefusalReason#OTHER}, a missing message for an empty one.
     */
    public Refused {
      reason = Objects.requireNonNullElse(reason, RefusalReason.OTHER);
      message = Objects.requireNonNullElse(message, "");
    }
  }
}
