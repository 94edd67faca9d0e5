package io.otlpevents.propagation.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;

class RedirectTests {

  private static @Nullable Redirect to(
      String from, String location, HttpMethod method, int status) {
    HttpHeaders response = new HttpHeaders();
    response.set(HttpHeaders.LOCATION, location);
    return Redirect.of(URI.create(from), method, status, response);
  }

  private static Redirect found(String from, String location) {
    return Objects.requireNonNull(to(from, location, HttpMethod.GET, 302));
  }

  @ParameterizedTest
  @CsvSource({
    "http://api.corp,         .evil.com/x,  http://api.corp/.evil.com/x",
    "http://api.corp,         x,            http://api.corp/x",
    "http://api.corp/a/b?c=1, ?page=2,      http://api.corp/a/b?page=2",
    "http://api.corp/a/b,     ../c,         http://api.corp/c",
    "http://api.corp/a,       //other/x,    http://other/x",
    "http://api.corp/a,       https://o/x,  https://o/x",
  })
  void resolvesWhatIsRelative(String from, String location, URI expected) {
    Redirect redirect = found(from, location);
    assertThat(redirect.uri()).isEqualTo(expected);
    assertThat(redirect.uri().getHost()).isEqualTo(expected.getHost());
  }

  @ParameterizedTest
  @CsvSource({
    "https://api.corp/a,    https://api.corp:443/b, true",
    "http://api.corp:80/a,  http://API.corp/b,      true",
    "https://api.corp/a,    https://api.corp:80/b,  false",
    "http://api.corp/a,     https://api.corp/a,     false",
    "http://api.corp/a,     http://other.corp/a,    false",
  })
  void knowsTheOriginWhetherOrNotItsPortIsWritten(String from, String location, boolean same) {
    assertThat(found(from, location).staysAtOrigin()).isEqualTo(same);
  }

  @Test
  void aRequestWithoutABodySaysNothingOfOne() {
    Redirect redirect = Objects.requireNonNull(to("http://a/x", "/y", HttpMethod.POST, 303));
    HttpHeaders headers = new HttpHeaders();
    headers.set(HttpHeaders.CONTENT_LANGUAGE, "de");
    headers.set(HttpHeaders.CONTENT_TYPE, "text/plain");
    headers.set(HttpHeaders.EXPECT, "100-continue");
    headers.set(HttpHeaders.ACCEPT, "text/html");
    redirect.prepare(headers);
    assertThat(redirect.method()).isEqualTo(HttpMethod.GET);
    assertThat(headers.headerNames()).containsExactly(HttpHeaders.ACCEPT);
  }

  @Test
  void doesNotGoFromHttpsToHttp() {
    assertThat(to("https://a/x", "http://a/x", HttpMethod.GET, 302)).isNull();
  }
}
