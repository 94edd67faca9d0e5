package io.otlpevents.propagation.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The hosts that trace contexts are sent to. */
public final class AllowedHosts {

  private static final AllowedHosts ALL = new AllowedHosts(null);

  private final @Nullable List<String> patterns;

  private AllowedHosts(@Nullable List<String> patterns) {
    this.patterns = patterns;
  }

  /** Every host. */
  public static AllowedHosts all() {
    return ALL;
  }

  /**
   * Some hosts.
   *
   * @param patterns names or addresses, without a port; {@code *.example.com} for all below it, but
   *     not for {@code example.com}; {@code *} for every host
   */
  public static AllowedHosts of(List<String> patterns) {
    List<String> lower = new ArrayList<>();
    patterns.forEach(pattern -> lower.add(pattern.strip().toLowerCase(Locale.ROOT)));
    return new AllowedHosts(lower);
  }

  /** Whether there is a host that contexts are not sent to. */
  boolean isLimited() {
    List<String> allowed = patterns;
    return allowed != null && !allowed.contains("*");
  }

  /**
   * Whether contexts are sent to a host; null, an unknown one, is not allowed if there is a list.
   */
  public boolean contains(@Nullable String host) {
    List<String> allowed = patterns;
    if (allowed == null) {
      return true;
    }
    if (host == null) {
      return false;
    }
    String name = host.toLowerCase(Locale.ROOT);
    for (String pattern : allowed) {
      if (pattern.equals("*")
          || pattern.startsWith("*.") && name.endsWith(pattern.substring(1))
          || pattern.equals(name)) {
        return true;
      }
    }
    return false;
  }
}
