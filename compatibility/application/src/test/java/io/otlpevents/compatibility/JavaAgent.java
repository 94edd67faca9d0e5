package io.otlpevents.compatibility;

import java.util.List;

/** OpenTelemetry's agent on a class path. */
final class JavaAgent {

  private JavaAgent() {}

  static String in(List<String> classPath) {
    return classPath.stream()
        .filter(entry -> entry.contains("opentelemetry-javaagent"))
        .findFirst()
        .orElseThrow();
  }
}
