package io.otlpevents.autoconfigure;

import io.otlpevents.propagation.PropagationFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/** Which formats are meant: by the property, by OpenTelemetry's variable, or by default. */
final class PropagationFormats {

  private static final Log log = LogFactory.getLog(PropagationFormats.class);

  private static final String B3_LIBRARY =
      "io.opentelemetry:opentelemetry-extension-trace-propagators";
  private static final String B3_CLASS =
      "io.opentelemetry.extension.trace.propagation.B3Propagator";

  private PropagationFormats() {}

  static List<PropagationFormat> of(PropagationProperties properties, Environment environment) {
    List<PropagationFormat> formats = properties.formats();
    if (formats != null) {
      formats.forEach(PropagationFormats::requireLibrary);
      return formats;
    }
    // The environment variable OTEL_PROPAGATORS is read by the same name.
    String names = environment.getProperty("otel.propagators");
    return names == null || names.isBlank()
        ? List.of(PropagationFormat.W3C, PropagationFormat.BAGGAGE)
        : byVariable(names);
  }

  private static void requireLibrary(PropagationFormat format) {
    if (needsLibrary(format)) {
      throw new InvalidOtlpPropertyException(
          "otlp.propagation.formats",
          format.name().toLowerCase(Locale.ROOT),
          "needs the library " + B3_LIBRARY,
          "Add it to the dependencies of the application; Spring Boot manages its version.");
    }
  }

  private static List<PropagationFormat> byVariable(String names) {
    List<PropagationFormat> formats = new ArrayList<>();
    for (String name : names.split(",", -1)) {
      String stripped = name.strip().toLowerCase(Locale.ROOT);
      if (stripped.equals("none")) {
        return List.of();
      }
      PropagationFormat format = byName(stripped);
      if (format == null || needsLibrary(format)) {
        log.warn(
            "OTEL_PROPAGATORS names "
                + stripped
                + ", which is not propagated: "
                + (format == null
                    ? "it is not known"
                    : "the library " + B3_LIBRARY + " is missing"));
      } else if (!formats.contains(format)) {
        formats.add(format);
      }
    }
    return formats;
  }

  private static @Nullable PropagationFormat byName(String name) {
    return switch (name) {
      case "tracecontext" -> PropagationFormat.W3C;
      case "baggage" -> PropagationFormat.BAGGAGE;
      case "b3" -> PropagationFormat.B3;
      case "b3multi" -> PropagationFormat.B3MULTI;
      default -> null;
    };
  }

  private static boolean needsLibrary(PropagationFormat format) {
    return (format == PropagationFormat.B3 || format == PropagationFormat.B3MULTI)
        && !ClassUtils.isPresent(B3_CLASS, null);
  }
}
