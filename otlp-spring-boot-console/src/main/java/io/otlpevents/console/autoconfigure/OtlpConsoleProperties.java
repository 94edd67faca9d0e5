package io.otlpevents.console.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * Configuration of the OTLP receiver for development.
 *
 * @param enabled Whether to run an OTLP receiver inside the application, for development.
 * @param host Host name or address to listen on. Whoever can reach it can read the events.
 * @param grpcPort Port for OTLP over gRPC. 0 means any free port.
 * @param httpPort Port for OTLP over HTTP and for the listing of events. 0 means any free port.
 * @param maxEvents How many events to keep. The oldest make room for newer ones.
 * @param maxBytes Encoded size of all kept events. The oldest make room for newer ones.
 * @param maxRequestBytes Largest request to accept, both compressed and decompressed.
 */
@ConfigurationProperties(OtlpConsoleProperties.PREFIX)
record OtlpConsoleProperties(
    @DefaultValue("false") boolean enabled,
    @DefaultValue("127.0.0.1") String host,
    @DefaultValue("4317") int grpcPort,
    @DefaultValue("4318") int httpPort,
    @DefaultValue("10000") int maxEvents,
    @DefaultValue("32MB") DataSize maxBytes,
    @DefaultValue("16MB") DataSize maxRequestBytes) {

  static final String PREFIX = "otlp.console";

  private static final int MAX_PORT = 65_535;

  /**
   * Not in the constructor, because there the binder would wrap the exception and hide the
   * property's name from the failure analysis.
   *
   * @throws InvalidConfigurationPropertyValueException naming the first property that is wrong
   */
  void validate() {
    check(!host.isBlank(), "host", host, "must not be blank");
    checkPort("grpc-port", grpcPort);
    checkPort("http-port", httpPort);
    check(
        grpcPort == 0 || grpcPort != httpPort,
        "http-port",
        httpPort,
        "must differ from " + PREFIX + ".grpc-port");
    check(maxEvents > 0, "max-events", maxEvents, "must be positive");
    check(maxBytes.toBytes() > 0, "max-bytes", maxBytes, "must be positive");
    long requestBytes = maxRequestBytes.toBytes();
    check(
        requestBytes > 0 && requestBytes <= Integer.MAX_VALUE,
        "max-request-bytes",
        maxRequestBytes,
        "must be positive and less than 2GB");
  }

  private static void checkPort(String name, int port) {
    check(port >= 0 && port <= MAX_PORT, name, port, "must be within 0 and " + MAX_PORT);
  }

  private static void check(boolean valid, String name, Object value, String reason) {
    if (!valid) {
      throw new InvalidConfigurationPropertyValueException(PREFIX + "." + name, value, reason);
    }
  }
}
