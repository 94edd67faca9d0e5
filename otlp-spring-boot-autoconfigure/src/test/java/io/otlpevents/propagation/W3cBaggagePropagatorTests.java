package io.otlpevents.propagation;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.context.Context;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class W3cBaggagePropagatorTests {

  private final W3cBaggagePropagator propagator =
      new W3cBaggagePropagator(BaggageLimits.defaults());

  @Test
  void readsMembersOfAllLines() {
    Baggage baggage =
        Baggage.fromContext(
            extract(
                Headers.of(
                    "baggage", "userId=alice , serverNode = DF%2028 ;prop=1;flag,empty=",
                    "Baggage", "isProduction=false")));
    assertThat(baggage.getEntryValue("userId")).isEqualTo("alice");
    assertThat(baggage.getEntryValue("serverNode")).isEqualTo("DF 28");
    assertThat(baggage.getEntry("serverNode").getMetadata().getValue()).isEqualTo("prop=1;flag");
    assertThat(baggage.getEntryValue("isProduction")).isEqualTo("false");
    assertThat(baggage.getEntryValue("empty")).isEmpty();
    assertThat(baggage.size()).isEqualTo(4);
  }

  @Test
  void passesOnBaggageUnchanged() {
    String header = "a=%41+b=c;p=%20 q ;r,b = 2";
    assertThat(roundTrip(header)).isEqualTo(header);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "=1",
        "a b=1",
        "x=\u00e4",
        "x=a b",
        "x=\"1\"",
        "x=a\\b",
        "(x)=1",
        "x;p=1"
      })
  void leavesOutMalformedMembersOnly(String member) {
    assertThat(roundTrip("a=1," + member + ",b=2")).isEqualTo("a=1,b=2");
  }

  @Test
  void encodesWhatTheApplicationSets() {
    Context context =
        extract(Headers.of("baggage", "a=1"))
            .with(Baggage.builder().put("k", "\u00fc 100%, \"x\"").build());
    Headers headers = new Headers();
    propagator.inject(context, headers, Headers.SETTER);
    assertThat(headers.all("baggage")).containsExactly("k=%C3%BC%20100%25%2C%20%22x%22");
    assertThat(Baggage.fromContext(extract(headers)).getEntryValue("k"))
        .isEqualTo("\u00fc 100%, \"x\"");
  }

  @Test
  void keepsWholeMembersWithinTheLimits() {
    String many =
        IntStream.range(0, 500).mapToObj(i -> "k" + i + "=v").collect(Collectors.joining(","));
    assertThat(roundTrip(many).split(",")).hasSize(180);
    String big = "a=1,b=" + "x".repeat(8183);
    assertThat(big).hasSize(8189);
    assertThat(roundTrip(big)).isEqualTo(big);
    assertThat(roundTrip("a=1,b=" + "x".repeat(8187))).isEqualTo("a=1");
    W3cBaggagePropagator small = new W3cBaggagePropagator(new BaggageLimits(2, 10));
    Headers headers = new Headers();
    small.inject(
        Context.root().with(Baggage.builder().put("abc", "1").put("defghijk", "1").build()),
        headers,
        Headers.SETTER);
    assertThat(headers.all("baggage")).containsExactly("abc=1");
  }

  @Test
  void carriesWhatTheSpecificationAsksFor() {
    String header =
        IntStream.range(0, 64)
            .mapToObj(i -> "key%02d=".formatted(i) + "v".repeat(121))
            .collect(Collectors.joining(","));
    assertThat(header).hasSize(64 * 128 - 1);
    assertThat(roundTrip(header)).isEqualTo(header);
  }

  @Test
  void isNotKeptBusyByHostileHeaders() {
    Headers many = new Headers();
    for (int i = 0; i < 10_000; i++) {
      many.add("baggage", "");
    }
    many.add("baggage", "late=1");
    assertThat(extract(many)).isSameAs(Context.root());
    assertThat(extract(Headers.of("baggage", ",".repeat(10_000_000) + "late=1")))
        .isSameAs(Context.root());
  }

  @Test
  void neverThrowsAndNeverLeavesAnInvalidHeader() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String alphabet = "a=%;, \t\"4\\\u00e4\u0001\r\n";
    for (int i = 0; i < 100_000; i++) {
      String header =
          random
              .ints(random.nextInt(12), 0, alphabet.length())
              .mapToObj(index -> String.valueOf(alphabet.charAt(index)))
              .collect(Collectors.joining());
      String sent = roundTrip(header);
      String what = "seed " + seed + ": <" + header + "> <" + sent + ">";
      assertThat(sent).as(what).matches("[\\x20-\\x7e\\t]*");
      assertThat(roundTrip(sent)).as(what).isEqualTo(sent);
    }
  }

  private String roundTrip(String header) {
    Headers headers = new Headers();
    propagator.inject(extract(Headers.of("baggage", header)), headers, Headers.SETTER);
    return String.join("|", headers.all("baggage"));
  }

  private Context extract(Headers headers) {
    return propagator.extract(Context.root(), headers, Headers.GETTER);
  }
}
