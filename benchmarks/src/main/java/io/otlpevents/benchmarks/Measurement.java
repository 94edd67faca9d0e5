package io.otlpevents.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a child process measured.
 *
 * @param emitted calls of emit
 * @param delivered events the receiver has accepted
 * @param emitNanos how long emitting went on
 * @param totalNanos the same with the flush behind it
 * @param threads how many threads emitted
 * @param cpuNanos processor time of the child in {@code totalNanos}
 * @param callerBytes what the emitting threads allocated
 * @param totalBytes what all threads allocated
 * @param p50 nanoseconds of an emit; zero where no histogram was kept, as the next ones
 * @param cpuByThread parts of {@code cpuNanos}, by the names of threads
 * @param flushed what the contestant said of its flush
 */
record Measurement(
    long emitted,
    long delivered,
    long emitNanos,
    long totalNanos,
    long threads,
    long cpuNanos,
    long callerBytes,
    long totalBytes,
    long p50,
    long p99,
    long p999,
    long max,
    Map<String, Long> cpuByThread,
    boolean flushed) {

  static final String PREFIX = "RESULT ";

  double deliveredPerSecond() {
    return delivered * 1e9 / totalNanos;
  }

  double emittedPerSecond() {
    return emitted * 1e9 / emitNanos;
  }

  /** The mean time of an emit, in nanoseconds; meaningful only in a flood. */
  double meanEmit() {
    return (double) emitNanos * threads / emitted;
  }

  double cpuMicrosPerDelivered() {
    return cpuNanos / 1e3 / delivered;
  }

  boolean isLossless() {
    return emitted == delivered;
  }

  double drainMillis() {
    return (totalNanos - emitNanos) / 1e6;
  }

  String toLine() {
    return PREFIX
        + "emitted="
        + emitted
        + " delivered="
        + delivered
        + " emitNanos="
        + emitNanos
        + " totalNanos="
        + totalNanos
        + " threads="
        + threads
        + " cpuNanos="
        + cpuNanos
        + " callerBytes="
        + callerBytes
        + " totalBytes="
        + totalBytes
        + " p50="
        + p50
        + " p99="
        + p99
        + " p999="
        + p999
        + " max="
        + max
        + " cpuByThread="
        + cpuByThread.entrySet().stream()
            .map(entry -> entry.getKey() + ":" + entry.getValue())
            .collect(Collectors.joining(","))
        + " flushed="
        + flushed;
  }

  static Measurement parse(String line) {
    Map<String, String> fields = fields(line);
    return new Measurement(
        number(fields, "emitted"),
        number(fields, "delivered"),
        number(fields, "emitNanos"),
        number(fields, "totalNanos"),
        number(fields, "threads"),
        number(fields, "cpuNanos"),
        number(fields, "callerBytes"),
        number(fields, "totalBytes"),
        number(fields, "p50"),
        number(fields, "p99"),
        number(fields, "p999"),
        number(fields, "max"),
        cpuByThread(fields.getOrDefault("cpuByThread", "")),
        Boolean.parseBoolean(fields.get("flushed")));
  }

  private static Map<String, String> fields(String line) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String field : line.substring(PREFIX.length()).split(" ", -1)) {
      int equals = field.indexOf('=');
      fields.put(field.substring(0, equals), field.substring(equals + 1));
    }
    return fields;
  }

  private static Map<String, Long> cpuByThread(String text) {
    Map<String, Long> nanos = new LinkedHashMap<>();
    for (String part : text.split(",", -1)) {
      int colon = part.indexOf(':');
      if (colon > 0) {
        nanos.put(part.substring(0, colon), Long.valueOf(part.substring(colon + 1)));
      }
    }
    return nanos;
  }

  private static long number(Map<String, String> fields, String name) {
    String value = fields.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no " + name);
    }
    return Long.parseLong(value);
  }
}
