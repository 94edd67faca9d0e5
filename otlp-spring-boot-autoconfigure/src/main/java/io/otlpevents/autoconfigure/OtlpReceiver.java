package io.otlpevents.autoconfigure;

import io.otlpevents.autoconfigure.OtlpProperties.Protocol;
import io.otlpevents.delivery.Destination;
import io.otlpevents.otlp.OtlpCompression;
import io.otlpevents.otlp.OtlpEncoding;
import io.otlpevents.otlp.OtlpEnvironment;
import io.otlpevents.otlp.OtlpGrpcDestination;
import io.otlpevents.otlp.OtlpHttpDestination;
import io.otlpevents.otlp.OtlpSettings;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Where and how requests are sent. Of each setting the property below {@code otlp} wins, then
 * {@code OTEL_EXPORTER_OTLP_LOGS_…}, then {@code OTEL_EXPORTER_OTLP_…}, then the default.
 *
 * @param endpoint the receiver's address
 * @param protocol what is spoken there
 * @param headers headers of each request
 * @param compression how requests are compressed
 * @param timeout how long one request may take
 * @param tls whom to trust and what to present
 */
record OtlpReceiver(
    URI endpoint,
    Protocol protocol,
    Map<String, String> headers,
    OtlpCompression compression,
    Duration timeout,
    ReceiverTls tls) {

  private static final OtlpEnvironment NOTHING =
      new OtlpEnvironment(null, null, Map.of(), null, null, null, null, null);

  /** Properties and defaults only, for those who send elsewhere. */
  static OtlpReceiver of(OtlpProperties properties) {
    return of(properties, NOTHING, suffix -> suffix);
  }

  /** Properties, OpenTelemetry's variables and defaults. */
  static OtlpReceiver of(OtlpProperties properties, Environment environment) {
    OtlpEnvironment variables;
    try {
      variables = variables(properties, environment);
    } catch (IllegalArgumentException e) {
      throw malformed(String.valueOf(e.getMessage()));
    }
    return of(properties, variables, suffix -> name(environment, suffix));
  }

  private static OtlpReceiver of(
      OtlpProperties properties, OtlpEnvironment variables, UnaryOperator<String> names) {
    Protocol protocol =
        properties.protocol() != null ? properties.protocol() : protocol(variables.protocol());
    URI endpoint = protocol.usualEndpoint();
    if (properties.endpoint() != null) {
      OtlpProperties.checkEndpoint(properties.endpoint(), protocol);
      endpoint = URI.create(properties.endpoint());
    } else if (variables.endpoint() != null) {
      endpoint = variables.endpoint();
    }
    return new OtlpReceiver(
        endpoint,
        protocol,
        properties.headers().isEmpty() ? variables.headers() : properties.headers(),
        first(properties.compression(), variables.compression(), OtlpCompression.NONE),
        first(properties.timeout(), variables.timeout(), Duration.ofSeconds(10)),
        ReceiverTls.of(properties.ssl(), variables, names, endpoint));
  }

  private static Protocol protocol(@Nullable String variable) {
    Protocol protocol = variable == null ? null : Protocol.of(variable);
    return protocol == null ? Protocol.GRPC : protocol;
  }

  /** What is set by a property is not looked up, so that a variable of no effect stops no start. */
  private static OtlpEnvironment variables(OtlpProperties properties, Environment environment) {
    Protocol stated = properties.protocol();
    Function<String, @Nullable String> lookup =
        variable -> {
          boolean set =
              variable.endsWith("_ENDPOINT") && properties.endpoint() != null
                  || variable.endsWith("_PROTOCOL") && stated != null
                  || variable.endsWith("_HEADERS") && !properties.headers().isEmpty()
                  || variable.endsWith("_TIMEOUT") && properties.timeout() != null
                  || variable.endsWith("_COMPRESSION") && properties.compression() != null;
          return set ? null : value(environment, variable);
        };
    OtlpEnvironment variables =
        OtlpEnvironment.read(lookup, String.valueOf(stated == null ? Protocol.GRPC : stated));
    URI endpoint = variables.endpoint();
    boolean usualHttp =
        stated == null
            && variables.protocol() == null
            && endpoint != null
            && endpoint.getPort() == Protocol.HTTP_PROTOBUF.usualEndpoint().getPort();
    // Others that read the same variables take HTTP for granted.
    return usualHttp
        ? OtlpEnvironment.read(
            variable ->
                variable.equals("OTEL_EXPORTER_OTLP_PROTOCOL")
                    ? Protocol.HTTP_PROTOBUF.toString()
                    : lookup.apply(variable),
            Protocol.HTTP_PROTOBUF.toString())
        : variables;
  }

  /** Environment variables and, as OpenTelemetry spells them, system properties. */
  private static @Nullable String value(Environment environment, String variable) {
    String value = environment.getProperty(variable.toLowerCase(Locale.ROOT).replace('_', '.'));
    return value != null ? value : environment.getProperty(variable);
  }

  /** Of the variable for logs and the one for all signals the one that is read. */
  private static String name(Environment environment, String suffix) {
    String logs = "OTEL_EXPORTER_OTLP_LOGS_" + suffix;
    String value = value(environment, logs);
    return value != null && !value.isBlank() ? logs : "OTEL_EXPORTER_OTLP_" + suffix;
  }

  private static InvalidOtlpPropertyException malformed(String message) {
    int end = message.indexOf(' ');
    return new InvalidOtlpPropertyException(
        end < 0 ? message : message.substring(0, end),
        null,
        "is malformed",
        "Correct it, or set the property below otlp that takes its place.");
  }

  private static <T> T first(@Nullable T property, @Nullable T variable, T otherwise) {
    return property != null ? property : Objects.requireNonNullElse(variable, otherwise);
  }

  /** The same at another address, which somebody knows better than properties and variables. */
  OtlpReceiver at(URI other) {
    boolean encrypted = "https".equalsIgnoreCase(other.getScheme());
    return new OtlpReceiver(
        other, protocol, headers, compression, timeout, encrypted ? tls : ReceiverTls.NONE);
  }

  /** A destination that sends there. */
  Destination destination(
      OtlpProperties properties,
      ObjectProvider<SslBundles> sslBundles,
      ObjectProvider<OtlpHeadersSupplier> headersSupplier) {
    OtlpSettings.Builder settings =
        OtlpSettings.builder(endpoint)
            .headers(headers)
            .timeout(timeout)
            .connectTimeout(properties.connectTimeout())
            .keepAlive(properties.keepAlive());
    compress(settings);
    route(settings, properties.proxy());
    tls.applyTo(settings, endpoint, sslBundles);
    headersSupplier.ifAvailable(supplier -> settings.headerSupplier(supplier::headers));
    return switch (protocol) {
      case GRPC -> OtlpGrpcDestination.create(settings.build());
      case HTTP_PROTOBUF -> OtlpHttpDestination.create(settings.build(), OtlpEncoding.PROTOBUF);
      case HTTP_JSON -> OtlpHttpDestination.create(settings.build(), OtlpEncoding.JSON);
    };
  }

  private void compress(OtlpSettings.Builder settings) {
    boolean present =
        compression != OtlpCompression.ZSTD
            || ClassUtils.isPresent("com.github.luben.zstd.ZstdOutputStream", null);
    if (present) {
      try {
        settings.compression(compression);
        return;
      } catch (IllegalStateException e) {
        // There, but without code for this machine.
        LogFactory.getLog(OtlpReceiver.class).debug("Compression cannot be used", e);
      }
    }
    throw new InvalidOtlpPropertyException(
        "otlp.compression",
        compression.name().toLowerCase(Locale.ROOT),
        "needs the library com.github.luben:zstd-jni, which is missing or does not work here",
        "Add it to the dependencies, or set otlp.compression=gzip.");
  }

  private static void route(OtlpSettings.Builder settings, OtlpProperties.Proxy proxy) {
    String host = proxy.host();
    Integer port = proxy.port();
    if (host == null || port == null) {
      return;
    }
    String user = proxy.user();
    String password = proxy.password();
    if (user == null || password == null) {
      settings.proxy(host, port);
    } else {
      settings.proxy(host, port, user, password);
    }
  }

  /** Tells everything but the headers, which may hold secrets. */
  @Override
  public String toString() {
    return "OtlpReceiver[endpoint=" + endpoint + ", protocol=" + protocol + "]";
  }
}
