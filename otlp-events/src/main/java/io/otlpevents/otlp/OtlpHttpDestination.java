package io.otlpevents.otlp;

import io.otlpevents.delivery.DeliveryOutcome;
import io.otlpevents.delivery.Destination;
import io.otlpevents.delivery.EventBatch;
import io.otlpevents.otlp.OtlpChannel.TransportFactory;
import java.net.URI;
import java.util.function.Consumer;

/**
 * Sends batches by OTLP over HTTP, as protobuf or JSON: through OkHttp where it is present,
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
  private final OtlpEncoding encoding;

  private OtlpHttpDestination(OtlpChannel channel, OtlpEncoding encoding) {
    this.channel = channel;
    this.encoding = encoding;
  }

  /** A destination for protobuf that does nothing before the first batch. */
  public static OtlpHttpDestination create(OtlpSettings settings) {
    return create(settings, OtlpEncoding.PROTOBUF);
  }

  /** A destination that does nothing before the first batch. */
  public static OtlpHttpDestination create(OtlpSettings settings, OtlpEncoding encoding) {
    return over(settings, encoding, TransportFactory.BEST);
  }

  static OtlpHttpDestination over(
      OtlpSettings settings, OtlpEncoding encoding, TransportFactory transports) {
    boolean json = encoding == OtlpEncoding.JSON;
    return new OtlpHttpDestination(
        new OtlpChannel(
            settings,
            withPath(settings.endpoint()),
            json ? Transport.Protocol.HTTP_JSON : Transport.Protocol.HTTP_PROTOBUF,
            json ? JsonAnswer::read : Answers::httpProtobuf,
            transports),
        encoding);
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
    channel.send(
        encoding == OtlpEncoding.JSON ? new JsonBatchWriter(batch) : new BatchWriter(batch), done);
  }

  /** True: a request is written before its answer, or its failure, is reported. */
  @Override
  public boolean releasesBatches() {
    return true;
  }

  @Override
  public void close() {
    channel.close();
  }
}
