package io.otlpevents.otlp;

import io.otlpevents.delivery.DeliveryOutcome;
import io.otlpevents.delivery.Destination;
import io.otlpevents.delivery.EventBatch;
import io.otlpevents.otlp.OtlpChannel.TransportFactory;
import java.util.function.Consumer;

/**
 * Sends batches by OTLP over gRPC: through OkHttp where it is present, otherwise through
 * OpenTelemetry's sender. The connection is made when the first batch is sent.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#otlpgrpc">OTLP/gRPC</a>
 */
public final class OtlpGrpcDestination implements Destination {

  private final OtlpChannel channel;

  private OtlpGrpcDestination(OtlpChannel channel) {
    this.channel = channel;
  }

  /** A destination that does nothing before the first batch. */
  public static OtlpGrpcDestination create(OtlpSettings settings) {
    return over(settings, TransportFactory.BEST);
  }

  static OtlpGrpcDestination over(OtlpSettings settings, TransportFactory transports) {
    return new OtlpGrpcDestination(
        new OtlpChannel(
            settings, settings.endpoint(), Transport.Protocol.GRPC, Answers::grpc, transports));
  }

  @Override
  public String name() {
    return channel.name();
  }

  @Override
  public void send(EventBatch batch, Consumer<DeliveryOutcome> done) {
    channel.send(new BatchWriter(batch), done);
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
