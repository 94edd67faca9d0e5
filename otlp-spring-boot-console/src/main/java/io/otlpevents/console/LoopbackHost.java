package io.otlpevents.console;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a Host header names the loopback interface. Names are compared, never resolved: in
 * DNS rebinding it is the attacker who answers the resolver.
 */
final class LoopbackHost {

  private static final Pattern LOOPBACK =
      Pattern.compile("(localhost|127(\\.[0-9]{1,3}){3}|\\[::1])(:[0-9]{1,5})?");

  private LoopbackHost() {}

  /** True for exactly one header which names the loopback interface. */
  static boolean isNamedIn(@Nullable List<String> hostHeaders) {
    return hostHeaders != null
        && hostHeaders.size() == 1
        && LOOPBACK.matcher(hostHeaders.get(0).strip().toLowerCase(Locale.ROOT)).matches();
  }
}
