package io.otlpevents.otlp;

import io.opentelemetry.sdk.common.export.MessageWriter;
import io.otlpevents.delivery.DeliveryOutcome;
import io.otlpevents.delivery.DeliveryOutcome.PartiallyDelivered;
import io.otlpevents.delivery.DeliveryOutcome.Refused;
import io.otlpevents.delivery.DeliveryOutcome.Retry;
import io.otlpevents.encode.JsonTranscoder;
import io.otlpevents.ledger.RefusalReason;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the OTLP destinations share: a transport that is made for the first batch, and answers that
 * repeat no header of ours. For one sending thread.
 */
final class OtlpChannel {

  private final OtlpSettings settings;
  private final URI endpoint;
  private final Transport.Protocol protocol;
  private final Function<Transport.Response, DeliveryOutcome> meaning;
  private final TransportFactory factory;
  private final RequestHeaders headers;
  private final ExecutorService executor;
  private @Nullable Transport transport;

  OtlpChannel(
      OtlpSettings settings,
      URI endpoint,
      Transport.Protocol protocol,
      Function<Transport.Response, DeliveryOutcome> meaning,
      TransportFactory factory) {
    this.settings = settings;
    this.endpoint = endpoint;
    this.protocol = protocol;
    this.meaning = meaning;
    this.factory = factory;
    this.headers = new RequestHeaders(settings);
    this.executor = SenderThreads.create(settings.name());
  }

  String name() {
    return settings.name();
  }

  void send(MessageWriter body, Consumer<DeliveryOutcome> done) {
    try {
      transport()
          .send(
              body,
              response -> done.accept(outcome(response)),
              error -> done.accept(failure(error)));
    } catch (RequestHeaders.Unavailable e) {
      done.accept(failure(e));
    }
  }

  private DeliveryOutcome outcome(Transport.Response response) {
    try {
      return clean(meaning.apply(response));
    } catch (Throwable e) {
      // An answer that is never reported would cost the batch a whole attempt's time.
      return failure(e);
    }
  }

  private Transport transport() {
    Transport present = transport;
    if (present == null) {
      present = factory.create(settings, endpoint, protocol, headers, executor);
      transport = present;
    }
    return present;
  }

  private DeliveryOutcome failure(Throwable error) {
    if (error instanceof JsonTranscoder.MalformedRequestException) {
      // Our own bytes: they will not be better the next time.
      return new Refused(RefusalReason.INVALID_REQUEST, error.toString());
    }
    String reason =
        error instanceof RequestHeaders.Unavailable
            ? String.valueOf(error.getMessage())
            : error.toString();
    return new Retry(headers.scrub(reason), null);
  }

  private DeliveryOutcome clean(DeliveryOutcome outcome) {
    if (outcome instanceof Retry retry) {
      return new Retry(headers.scrub(retry.reason()), retry.after());
    }
    if (outcome instanceof Refused refused) {
      return new Refused(refused.reason(), headers.scrub(refused.message()));
    }
    if (outcome instanceof PartiallyDelivered partial) {
      return new PartiallyDelivered(partial.rejected(), headers.scrub(partial.message()));
    }
    return outcome;
  }

  void close() {
    Transport present = transport;
    if (present != null) {
      present.close();
    }
    executor.shutdownNow();
  }

  /** Makes transports. */
  @FunctionalInterface
  interface TransportFactory {

    /** OkHttp where it is present, OpenTelemetry's senders otherwise. */
    TransportFactory BEST = isOkHttpPresent() ? OkHttpTransport::new : SenderTransport::create;

    Transport create(
        OtlpSettings settings,
        URI endpoint,
        Transport.Protocol protocol,
        RequestHeaders headers,
        ExecutorService executor);

    private static boolean isOkHttpPresent() {
      try {
        Class.forName("okhttp3.OkHttpClient", false, OtlpChannel.class.getClassLoader());
        return true;
      } catch (ClassNotFoundException | LinkageError e) {
        return false;
      }
    }
  }
}
