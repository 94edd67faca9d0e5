package io.otlpevents.propagation;

import io.opentelemetry.api.baggage.Baggage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;

/** The characters of baggage. */
final class BaggageText {

  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  /** {@code tchar} of RFC 9110. */
  private static final BitSet TOKEN = letters("!#$%&'*+-.^_`|~");

  /** {@code baggage-octet}. */
  private static final BitSet OCTET = letters("!#$%&'()*+-./:<=>?@[]^_`{|}~");

  private BaggageText() {}

  private static BitSet letters(String others) {
    BitSet set = new BitSet(128);
    set.set('a', 'z' + 1);
    set.set('A', 'Z' + 1);
    set.set('0', '9' + 1);
    others.chars().forEach(set::set);
    return set;
  }

  static boolean isToken(String text, int from, int to) {
    return from < to && consistsOf(TOKEN, text, from, to);
  }

  /** An empty value is one. */
  static boolean isValue(String text, int from, int to) {
    return consistsOf(OCTET, text, from, to);
  }

  private static boolean consistsOf(BitSet allowed, String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!allowed.get(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** Whether there is nothing that would break a header: properties are not looked into. */
  static boolean isText(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c != '\t' && (c < ' ' || c > '~')) {
        return false;
      }
    }
    return true;
  }

  /** Undoes percent-encoding; what is not UTF-8 becomes U+FFFD, as the specification wants. */
  static String decode(String value) {
    if (value.indexOf('%') < 0) {
      return value;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      int high = c == '%' && i + 2 < value.length() ? Character.digit(value.charAt(i + 1), 16) : -1;
      int low = high >= 0 ? Character.digit(value.charAt(i + 2), 16) : -1;
      if (low >= 0) {
        bytes.write(high << 4 | low);
        i += 2;
      } else {
        bytes.write(c);
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** Writes as many whole members as the limits allow. */
  static String format(Baggage baggage, BaggageLimits limits) {
    StringBuilder header = new StringBuilder();
    int[] members = new int[1];
    baggage.forEach(
        (key, entry) -> {
          if (members[0] == limits.maxMembers() || !isToken(key, 0, key.length())) {
            return;
          }
          int before = header.length();
          header.append(before == 0 ? "" : ",").append(key).append('=');
          encode(entry.getValue(), header);
          String metadata = entry.getMetadata().getValue();
          if (!metadata.isEmpty()
              && metadata.indexOf(',') < 0
              && isText(metadata, 0, metadata.length())) {
            header.append(';').append(metadata);
          }
          if (header.length() > limits.maxBytes()) {
            header.setLength(before);
          } else {
            members[0]++;
          }
        });
    return header.toString();
  }

  private static void encode(String value, StringBuilder out) {
    for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
      int c = b & 0xFF;
      if (c != '%' && OCTET.get(c)) {
        out.append((char) c);
      } else {
        out.append('%').append(HEX[c >> 4]).append(HEX[c & 15]);
      }
    }
  }
}
