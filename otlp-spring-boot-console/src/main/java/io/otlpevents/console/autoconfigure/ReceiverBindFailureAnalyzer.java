package io.otlpevents.console.autoconfigure;

import io.otlpevents.console.ReceiverBindException;
import java.net.UnknownHostException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Names the property to change when the receiver cannot listen. */
final class ReceiverBindFailureAnalyzer extends AbstractFailureAnalyzer<ReceiverBindException> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, ReceiverBindException cause) {
    String description = String.valueOf(cause.getMessage());
    if (cause.getCause() instanceof UnknownHostException) {
      return new FailureAnalysis(
          description,
          "Set " + OtlpConsoleProperties.PREFIX + ".host to a host of this machine.",
          cause);
    }
    String property =
        OtlpConsoleProperties.PREFIX
            + switch (cause.listener()) {
              case GRPC -> ".grpc-port";
              case HTTP -> ".http-port";
            };
    return new FailureAnalysis(
        description,
        "Stop what listens on port "
            + cause.port()
            + ", for example a Collector, or set "
            + property
            + " to another port, or to 0 for any free one.",
        cause);
  }
}
