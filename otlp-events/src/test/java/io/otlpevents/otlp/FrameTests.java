package io.otlpevents.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FrameTests {

  @Test
  void readsAsMuchAsTheFrameDeclares() {
    assertThat(message(9, 0, 0, 0, 0, 2, 7, 8, 9, 9)).containsExactly(7, 8);
  }

  @Test
  void readsNothingOfAFrameThatWasCutShort() {
    assertThat(message(7, 0, 0, 0, 0, 3, 7, 8)).isEmpty();
    assertThat(message(4, 0, 0, 0, 0)).isEmpty();
  }

  @Test
  void takesALengthThatWouldBeNegativeForALongOne() {
    assertThat(message(7, 0, 0xFF, 0xFF, 0xFF, 0xFF, 7, 8)).isEmpty();
  }

  @Test
  void readsTheBeginningOfAMessageThatIsTooLongToKeep() {
    assertThat(message(105, 0, 0, 0, 0, 100, 7, 8)).containsExactly(7, 8);
  }

  @Test
  void readsNothingThatIsCompressed() {
    assertThat(message(7, 1, 0, 0, 0, 2, 7, 8)).isEmpty();
  }

  private static byte[] message(long total, int... framed) {
    byte[] bytes = new byte[framed.length];
    for (int i = 0; i < framed.length; i++) {
      bytes[i] = (byte) framed[i];
    }
    return OkHttpTransport.message(bytes, total);
  }
}
