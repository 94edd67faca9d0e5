package io.otlpevents.otlp;

import io.otlpevents.delivery.DeliveryOutcome;
import io.otlpevents.delivery.Destination;
import io.otlpevents.delivery.EventBatch;
import io.otlpevents.otlp.OtlpChannel.TransportFactory;
import java.net.URI;
import java.util.function.Consumer;

/**
 * Sends batches by OTLP over HTTP with protobuf bodies: through OkHttp where it is present,
 * otherwise through OpenTelemetry's sender. The connection is made when the first batch is sent.
 * Redirects are not followed.
 *
 * <p>An endpoint without a path gets the standard one, {@code /v1/logs}; one with a path is used as
 * it is.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#otlphttp">OTLP/HTTP</a>
 */
public final class OtlpHttpDestination implements Destination {

  private final OtlpChannel channel;

  private OtlpHttpDestination(OtlpChannel channel) {
    this.channel = channel;
  }

  /** A destination that does nothing before the first batch. */
  public static OtlpHttpDestination create(OtlpSettings settings) {
    return over(settings, TransportFactory.BEST);
  }

  static OtlpHttpDestination over(OtlpSettings settings, TransportFactory transports) {
    return new OtlpHttpDestination(
        new OtlpChannel(
            settings,
            withPath(settings.endpoint()),
            Transport.Protocol.HTTP_PROTOBUF,
            Answers::httpProtobuf,
            transports));
  }

  private static URI withPath(URI endpoint) {
    String path = endpoint.getPath();
    return path == null || path.isEmpty() || path.equals("/")
        ? endpoint.resolve("/v1/logs")
        : endpoint;
  }

  @Override
  public String name() {
    return channel.name();
  }

  @Override
  public void send(EventBatch batch, Consumer<DeliveryOutcome> done) {
    channel.send(new BatchWriter(batch), done);
  }

  @Override
  public void close() {
    channel.close();
  }
}
