package io.otlpevents.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import org.junit.jupiter.api.Test;

class ArrivedNumbersTests {

  @Test
  void findsEachNumberAndCountsWhatComesTwice() throws IOException {
    ArrivedNumbers arrived = scan(event("0") + event("17") + "\n" + event("17") + event("3"));

    assertThat(arrived.numbers().stream()).containsExactly(0, 3, 17);
    assertThat(arrived.duplicates()).isEqualTo(1);
  }

  @Test
  void passesOverAnEventThatWasTornApart() throws IOException {
    String torn = event("123").substring(0, event("123").indexOf("23") + 1);

    ArrivedNumbers arrived = scan(event("1") + torn + event("2"));

    assertThat(arrived.numbers().stream()).containsExactly(1, 2);
  }

  @Test
  void takesNoOtherAttributeForTheNumber() throws IOException {
    ArrivedNumbers arrived =
        scan(
            "{\"key\":\"order.items\",\"value\":{\"intValue\":\"5\"}},"
                + "{\"key\":\"order.number\",\"value\":{\"stringValue\":\"6\"}}");

    assertThat(arrived.numbers().isEmpty()).isTrue();
  }

  private static ArrivedNumbers scan(String text) throws IOException {
    return ArrivedNumbers.scan(new StringReader(text));
  }

  private static String event(String number) {
    return "{\"attributes\":[{\"key\":\"order.id\",\"value\":{\"stringValue\":\"x\"}},"
        + "{\"key\":\"order.number\",\"value\":{\"intValue\":\""
        + number
        + "\"}}]}";
  }
}
