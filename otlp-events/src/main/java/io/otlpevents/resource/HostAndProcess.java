package io.otlpevents.resource;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Detects {@code host.*} and {@code process.*}.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/resource/host/">Host</a>
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/resource/process/">Process</a>
 */
final class HostAndProcess {

  private HostAndProcess() {}

  static Attributes host(Surroundings surroundings) {
    AttributesBuilder attributes = Attributes.builder();
    // Not by InetAddress, which may ask a name server and wait for it.
    put(
        attributes,
        "host.name",
        first(
            surroundings.file("/proc/sys/kernel/hostname"),
            surroundings.variable("HOSTNAME"),
            surroundings.variable("COMPUTERNAME"),
            surroundings.file("/etc/hostname")));
    String arch = surroundings.property("os.arch");
    put(attributes, "host.arch", arch == null ? null : hostArch(arch));
    return attributes.build();
  }

  static Attributes process(Surroundings surroundings) {
    AttributesBuilder attributes = Attributes.builder();
    attributes.put("process.pid", surroundings.processId());
    String program = surroundings.program();
    if (program != null) {
      int name = Math.max(program.lastIndexOf('/'), program.lastIndexOf('\\')) + 1;
      put(attributes, "process.executable.name", program.substring(name));
    }
    put(attributes, "process.runtime.name", surroundings.property("java.runtime.name"));
    put(attributes, "process.runtime.version", surroundings.property("java.runtime.version"));
    String vendor = surroundings.property("java.vm.vendor");
    String vm = surroundings.property("java.vm.name");
    String version = surroundings.property("java.vm.version");
    if (vendor != null && vm != null && version != null) {
      put(attributes, "process.runtime.description", vendor + " " + vm + " " + version);
    }
    return attributes.build();
  }

  /** The well-known value of {@code host.arch}, or what Java calls an architecture without one. */
  private static String hostArch(String osArch) {
    String arch = osArch.toLowerCase(Locale.ROOT);
    return switch (arch) {
      case "x86_64", "amd64" -> "amd64";
      case "aarch64", "arm64" -> "arm64";
      case "i386", "i486", "i586", "i686", "x86" -> "x86";
      case "ia64w", "ia64" -> "ia64";
      case "ppc" -> "ppc32";
      case "ppc64", "ppc64le" -> "ppc64";
      default -> arch.startsWith("arm") ? "arm32" : arch;
    };
  }

  /** The first of these that says something; null if none does. */
  static @Nullable String first(@Nullable String... candidates) {
    for (String candidate : candidates) {
      if (candidate != null && !candidate.isBlank()) {
        return candidate.strip();
      }
    }
    return null;
  }

  static void put(AttributesBuilder attributes, String key, @Nullable String value) {
    if (value != null && !value.isBlank()) {
      attributes.put(key, value);
    }
  }
}
