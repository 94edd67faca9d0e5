package io.otlpevents.propagation.client;

import java.net.URI;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;

/**
 * Where a response sends its client.
 *
 * @param uri of the next request
 * @param method of the next request
 * @param keepsBody whether the next request has the body of the last one
 * @param staysAtOrigin whether scheme, host and port stay the same
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-15.4">RFC 9110, section 15.4</a>
 */
record Redirect(URI uri, HttpMethod method, boolean keepsBody, boolean staysAtOrigin) {

  /** As many as browsers follow. */
  static final int MOST = 20;

  private static final Set<String> CREDENTIALS =
      Set.of(
          HttpHeaders.AUTHORIZATION,
          HttpHeaders.COOKIE,
          HttpHeaders.PROXY_AUTHORIZATION,
          HttpHeaders.HOST);

  private static final Set<String> OF_THE_BODY =
      Set.of(
          HttpHeaders.CONTENT_LENGTH,
          HttpHeaders.CONTENT_TYPE,
          HttpHeaders.CONTENT_ENCODING,
          HttpHeaders.CONTENT_LANGUAGE,
          HttpHeaders.CONTENT_LOCATION,
          HttpHeaders.EXPECT,
          HttpHeaders.LAST_MODIFIED,
          HttpHeaders.TRANSFER_ENCODING);

  /**
   * Reads a response.
   *
   * @return null if it is not a redirect, or one that is not followed: from https to http, to
   *     something else than these, or to what is no address
   */
  static @Nullable Redirect of(URI from, HttpMethod method, int status, HttpHeaders response) {
    String location = response.getFirst(HttpHeaders.LOCATION);
    boolean changesMethod =
        status == 303 && !method.equals(HttpMethod.HEAD)
            || (status == 301 || status == 302) && method.equals(HttpMethod.POST);
    if (location == null
        || !(changesMethod
            || status == 301
            || status == 302
            || status == 303
            || status == 307
            || status == 308)) {
      return null;
    }
    URI uri;
    try {
      uri = resolve(from, location);
    } catch (IllegalArgumentException e) {
      return null;
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    boolean wasSecure = "https".equalsIgnoreCase(from.getScheme());
    if (!(scheme.equals("https") || scheme.equals("http") && !wasSecure) || uri.getHost() == null) {
      return null;
    }
    boolean sameOrigin =
        scheme.equalsIgnoreCase(from.getScheme())
            && uri.getHost().equalsIgnoreCase(Objects.requireNonNullElse(from.getHost(), ""))
            && port(uri) == port(from);
    return new Redirect(uri, changesMethod ? HttpMethod.GET : method, !changesMethod, sameOrigin);
  }

  /** As RFC 3986 has it, which {@link URI} does not follow where a path or all of it is missing. */
  private static URI resolve(URI from, String location) {
    boolean hasPath = from.getRawPath() != null && !from.getRawPath().isEmpty();
    URI base = hasPath ? from : from.resolve("/");
    URI resolved =
        location.startsWith("?")
            ? URI.create(
                base.getScheme() + "://" + base.getRawAuthority() + base.getRawPath() + location)
            : base.resolve(location);
    // What is looked at has to be what is sent.
    return URI.create(resolved.toString());
  }

  private static int port(URI uri) {
    if (uri.getPort() >= 0) {
      return uri.getPort();
    }
    return "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
  }

  /** Takes out of the headers of the last request what the next one must not have. */
  void prepare(HttpHeaders headers) {
    if (!staysAtOrigin) {
      CREDENTIALS.forEach(headers::remove);
    }
    if (!keepsBody) {
      OF_THE_BODY.forEach(headers::remove);
    }
  }
}
