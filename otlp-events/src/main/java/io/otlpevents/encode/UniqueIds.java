package io.otlpevents.encode;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/**
 * Makes UUIDs of version 7: a millisecond timestamp followed by random bits, so that they sort by
 * time. For one thread at a time; the random bits come from a fast generator with a secret 128-bit
 * seed, which makes them unique but not unguessable.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7">RFC 9562, UUID version
 *     7</a>
 */
final class UniqueIds {

  /** The length of a UUID's text. */
  static final int LENGTH = 36;

  private static final SecureRandom SEEDS = new SecureRandom();
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  // xoroshiro128+
  private long state0 = SEEDS.nextLong();
  private long state1 = SEEDS.nextLong() | 1;

  /** Writes the text of a new UUID at this position. */
  void write(byte[] target, int position, long epochMillis) {
    long high = epochMillis << 16 | 0x7000 | nextLong() >>> 52;
    long low = 0x8000_0000_0000_0000L | nextLong() >>> 2;
    int at = position;
    at = hex(target, at, high >>> 32, 8);
    target[at++] = '-';
    at = hex(target, at, high >>> 16, 4);
    target[at++] = '-';
    at = hex(target, at, high, 4);
    target[at++] = '-';
    at = hex(target, at, low >>> 48, 4);
    target[at++] = '-';
    hex(target, at, low, 12);
  }

  private static int hex(byte[] target, int position, long value, int digits) {
    for (int i = digits - 1; i >= 0; i--) {
      target[position + digits - 1 - i] = HEX[(int) (value >>> (i * 4)) & 0xF];
    }
    return position + digits;
  }

  private long nextLong() {
    long s0 = state0;
    long s1 = state1;
    long result = s0 + s1;
    s1 ^= s0;
    state0 = Long.rotateLeft(s0, 24) ^ s1 ^ (s1 << 16);
    state1 = Long.rotateLeft(s1, 37);
    return result;
  }
}
