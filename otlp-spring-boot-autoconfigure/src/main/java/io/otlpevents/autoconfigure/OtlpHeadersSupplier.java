package io.otlpevents.autoconfigure;

import java.util.Map;

/**
 * Supplies headers for each request to the receiver, for tokens that expire. They win over {@code
 * otlp.headers} of the same name. At most one bean of this type is used, and only where no {@link
 * io.otlpevents.delivery.Destination} bean replaces the receiver.
 *
 * <p>Called on the threads that send, several at a time. While it throws, events wait.
 */
@FunctionalInterface
public interface OtlpHeadersSupplier {

  /** The headers of the request that is about to be sent, by name; empty for none. */
  Map<String, String> headers();
}
