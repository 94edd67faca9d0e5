package io.otlpevents.otlp;

import io.opentelemetry.sdk.common.export.HttpResponse;
import io.opentelemetry.sdk.common.export.HttpSender;
import io.opentelemetry.sdk.common.export.HttpSenderProvider;
import io.otlpevents.delivery.DeliveryOutcome;
import io.otlpevents.delivery.DeliveryOutcome.Refused;
import io.otlpevents.delivery.DeliveryOutcome.Retry;
import io.otlpevents.delivery.Destination;
import io.otlpevents.delivery.EventBatch;
import io.otlpevents.ledger.RefusalReason;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends batches by OTLP over HTTP with protobuf bodies, through OpenTelemetry's sender. The sender
 * is found, and the connection made, when the first batch is sent.
 *
 * <p>An endpoint without a path gets the standard one, {@code /v1/logs}; one with a path is used as
 * it is.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#otlphttp">OTLP/HTTP</a>
 */
public final class OtlpHttpDestination implements Destination {

  private final OtlpSettings settings;
  private final URI endpoint;
  private final ExecutorService executor;
  private @Nullable HttpSender sender;

  private OtlpHttpDestination(OtlpSettings settings) {
    this.settings = settings;
    this.endpoint = withPath(settings.endpoint());
    this.executor = SenderThreads.create(settings.name());
  }

  /** A destination that does nothing before the first batch. */
  public static OtlpHttpDestination create(OtlpSettings settings) {
    return new OtlpHttpDestination(settings);
  }

  private static URI withPath(URI endpoint) {
    String path = endpoint.getPath();
    return path == null || path.isEmpty() || path.equals("/")
        ? endpoint.resolve("/v1/logs")
        : endpoint;
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

  private HttpSender sender() {
    HttpSender present = sender;
    if (present == null) {
      present =
          SenderLookup.find(HttpSenderProvider.class)
              .createSender(new SenderConfig(settings, endpoint, executor));
      sender = present;
    }
    return present;
  }

  private static DeliveryOutcome outcome(HttpResponse response) {
    int status = response.getStatusCode();
    String message = "HTTP " + status + " " + response.getStatusMessage();
    if (status >= 200 && status < 300) {
      return ExportResponse.parse(response.getResponseBody());
    }
    return switch (status) {
      case 429, 502, 503, 504 -> new Retry(message, null);
      case 400 -> new Refused(RefusalReason.INVALID_REQUEST, message);
      case 401 -> new Refused(RefusalReason.UNAUTHENTICATED, message);
      case 403 -> new Refused(RefusalReason.PERMISSION_DENIED, message);
      case 404, 405, 501 -> new Refused(RefusalReason.UNIMPLEMENTED, message);
      case 413 -> new Refused(RefusalReason.TOO_LARGE, message);
      default -> new Refused(RefusalReason.OTHER, message);
    };
  }

  @Override
  public void close() {
    HttpSender present = sender;
    if (present != null) {
      present.shutdown();
    }
    executor.shutdownNow();
  }
}
