package io.otlpevents.otlp;

import io.opentelemetry.sdk.common.export.GrpcResponse;
import io.opentelemetry.sdk.common.export.GrpcSender;
import io.opentelemetry.sdk.common.export.GrpcSenderProvider;
import io.otlpevents.delivery.DeliveryOutcome;
import io.otlpevents.delivery.DeliveryOutcome.Refused;
import io.otlpevents.delivery.DeliveryOutcome.Retry;
import io.otlpevents.delivery.Destination;
import io.otlpevents.delivery.EventBatch;
import io.otlpevents.ledger.RefusalReason;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends batches by OTLP over gRPC, through OpenTelemetry's sender. The sender is found, and the
 * connection made, when the first batch is sent.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#otlpgrpc">OTLP/gRPC</a>
 */
public final class OtlpGrpcDestination implements Destination {

  private final OtlpSettings settings;
  private final ExecutorService executor;
  private @Nullable GrpcSender sender;

  private OtlpGrpcDestination(OtlpSettings settings) {
    this.settings = settings;
    this.executor = SenderThreads.create(settings.name());
  }

  /** A destination that does nothing before the first batch. */
  public static OtlpGrpcDestination create(OtlpSettings settings) {
    return new OtlpGrpcDestination(settings);
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public void send(EventBatch batch, Consumer<DeliveryOutcome> done) {
    sender()
        .send(
            new BatchWriter(batch),
            response -> done.accept(outcome(response)),
            error -> done.accept(new Retry(error.toString(), null)));
  }

  private GrpcSender sender() {
    GrpcSender present = sender;
    if (present == null) {
      present =
          SenderLookup.find(GrpcSenderProvider.class)
              .createSender(new SenderConfig(settings, settings.endpoint(), executor));
      sender = present;
    }
    return present;
  }

  private static DeliveryOutcome outcome(GrpcResponse response) {
    String description = response.getStatusDescription();
    String message = description == null ? "" : description;
    String reason = response.getStatusCode() + " " + message;
    return switch (response.getStatusCode()) {
      case OK -> ExportResponse.parse(response.getResponseMessage());
      // RESOURCE_EXHAUSTED is retryable by the specification if the receiver says when, which the
      // senders do not show; to try again loses nothing in either case.
      case CANCELLED,
          DEADLINE_EXCEEDED,
          RESOURCE_EXHAUSTED,
          ABORTED,
          OUT_OF_RANGE,
          UNAVAILABLE,
          DATA_LOSS ->
          new Retry(reason, null);
      case UNAUTHENTICATED -> new Refused(RefusalReason.UNAUTHENTICATED, message);
      case PERMISSION_DENIED -> new Refused(RefusalReason.PERMISSION_DENIED, message);
      case UNIMPLEMENTED -> new Refused(RefusalReason.UNIMPLEMENTED, message);
      case INVALID_ARGUMENT -> new Refused(RefusalReason.INVALID_REQUEST, message);
      default -> new Refused(RefusalReason.OTHER, reason);
    };
  }

  @Override
  public void close() {
    GrpcSender present = sender;
    if (present != null) {
      present.shutdown();
    }
    executor.shutdownNow();
  }
}
