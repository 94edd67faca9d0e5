package io.otlpevents.console;

import java.io.IOException;

/** The receiver could not listen where it was told to, usually because the port is in use. */
public final class ReceiverBindException extends RuntimeException {

  /** The listener that failed. */
  public enum Listener {
    /** The OTLP/gRPC listener. */
    GRPC,
    /** The OTLP/HTTP listener, which also serves the listing. */
    HTTP
  }

  private static final long serialVersionUID = 1L;

  private final Listener listener;
  private final String host;
  private final int port;

  ReceiverBindException(Listener listener, String host, int port, IOException cause) {
    super(
        "The OTLP receiver cannot listen for "
            + listener
            + " on "
            + host
            + " port "
            + port
            + ": "
            + cause.getMessage(),
        cause);
    this.listener = listener;
    this.host = host;
    this.port = port;
  }

  /** The listener that failed. */
  public Listener listener() {
    return listener;
  }

  /** The host it should have listened on. */
  public String host() {
    return host;
  }

  /** The port it should have listened on. */
  public int port() {
    return port;
  }
}
