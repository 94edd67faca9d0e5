package io.otlpevents.aop;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

@SuppressWarnings("UnusedMethod")
class SelfInvocationsTests {

  @Test
  void findsCallsOnThisWhateverTheArgumentsAre() {
    assertThat(callersOf(Shop.class, "place"))
        .containsExactly(
            "Shop.branches",
            "Shop.catches",
            "Shop.lambda",
            "Shop.loops",
            "Shop.nested",
            "Shop.plain",
            "Shop.reference",
            "Shop.switches");
  }

  @Test
  void findsNeitherCallsOnOthersNorThoseThatAProxyHandsOn() {
    assertThat(callersOf(Shop.class, "count")).isEmpty();
    assertThat(callersOf(Special.class, "accept")).isEmpty();
  }

  @Test
  void findsCallsThatASuperclassMakes() {
    assertThat(callersOf(Derived.class, "step")).containsExactly("Base.all");
  }

  /** Each instruction moves the stack as it should: or else a receiver would not be found. */
  @Test
  void followsTheStackThroughAllKindsOfArithmetic() {
    assertThat(callersOf(Arithmetic.class, "take")).hasSize(9);
  }

  private static Set<String> callersOf(Class<?> type, String name) {
    List<Method> methods =
        Arrays.stream(type.getDeclaredMethods())
            .filter(method -> method.getName().equals(name) && !method.isBridge())
            .toList();
    assertThat(methods).isNotEmpty();
    Map<Method, Set<String>> found = SelfInvocations.of(type, methods);
    Set<String> all = new TreeSet<>(Comparator.naturalOrder());
    found
        .values()
        .forEach(
            callers ->
                callers.forEach(
                    caller ->
                        all.add(
                            caller.substring(
                                SelfInvocationsTests.class.getSimpleName().length() + 1))));
    return all;
  }

  static class Shop {

    private @Nullable Shop self;
    private final Shop[] others = new Shop[1];

    long place(long number, double price, @Nullable Object what) {
      return number;
    }

    int count() {
      return 1;
    }

    void plain() {
      place(1, 2, null);
    }

    void nested() {
      System.out.println(place(Long.parseLong("1"), others.length, new long[2][3]));
    }

    void branches(boolean large) {
      place(large ? 1L : 2L, large && self != null ? 1 : 2, large ? "a" : self);
    }

    void loops() {
      for (int i = 0; i < others.length; i++) {
        if (others[i] instanceof Special) {
          place(i, i * 2.0 + (i << 1), others[i]);
        }
      }
    }

    void catches(String text) {
      try {
        Long.parseLong(text);
      } catch (NumberFormatException e) {
        place(3, 4, e);
      } finally {
        System.out.print("");
      }
    }

    void switches(String text) {
      place(
          switch (text) {
            case "a" -> 1;
            case "b" -> 2;
            default -> 3;
          },
          1,
          text);
    }

    Runnable lambda() {
      return () -> place(1, 1, this);
    }

    LongConsumer reference() {
      Placing placing = this::place;
      return number -> placing.place(number, 1, "");
    }

    void throughTheProxy() {
      if (self != null) {
        self.count();
      }
      others[0].count();
      Shop other = new Shop();
      other.count();
      LongStream.of(other.count()).forEach(n -> other.count());
      other.place(other.count(), 1, this);
      sum(this, other.count());
    }

    static int sum(Shop shop, int more) {
      return shop.count() + more;
    }

    private interface Placing {
      long place(long number, double price, Object what);
    }
  }

  interface Acceptor<T> {
    void accept(T what);
  }

  /** Has a bridge method, and calls that of its superclass. */
  static class Special extends Shop implements Acceptor<String> {

    @Override
    public void accept(String what) {}

    @Override
    int count() {
      return super.count() + 1;
    }
  }

  abstract static class Base {

    void all() {
      step();
      step();
    }

    abstract void step();
  }

  static class Derived extends Base {

    @Override
    void step() {}
  }

  static class Arithmetic {

    private long total;
    private static double factor = 1;

    void take(Object... what) {}

    void integers(int a, int b) {
      take(a + b, a - b, a * b, a / b, a % b, -a, a << b, a >> b, a >>> b, a & b, a | b, a ^ b, ~a);
    }

    void longs(long a, long b) {
      take(
          a + b, a - b, a * b, a / b, a % b, -a, a << b, a >> 2, a >>> b, a & b, a | b, a ^ b,
          a > b);
    }

    void floats(float a, float b) {
      take(a + b, a - b, a * b, a / b, a % b, -a, a > b, a < b, 0f, 1f, 2f, 3f);
    }

    void doubles(double a, double b) {
      take(a + b, a - b, a * b, a / b, a % b, -a, a > b, a < b, 0d, 1d, 2d);
    }

    void conversions(int i, long l, float f, double d) {
      take((long) i, (float) i, (double) i, (byte) i, (char) i, (short) i, (int) l, (float) l);
      take((double) l, (int) f, (long) f, (double) f, (int) d, (long) d, (float) d);
    }

    void arrays(
        int[] i, long[] l, float[] f, double[] d, Object[] o, byte[] b, char[] c, short[] s) {
      i[0] = 1;
      l[0] = 2;
      f[0] = 3;
      d[0] = 4;
      o[0] = this;
      b[0] = 5;
      c[0] = 6;
      s[0] = 7;
      take(i[0], l[0], f[0], d[0], o[0], b[0], c[0], s[0], i.length, new boolean[3], new int[1][2]);
    }

    void assignments(int[] i, long[] l) {
      take(i[0]++, ++l[0], i[0] += 3, total++, ++total, l[1] = total, factor = 3, factor += total);
    }

    void objects(Object one) {
      take(
          one == null,
          one != this,
          one instanceof String,
          (String) one,
          new StringBuilder("a").append(1L));
    }

    void locks(Object one) {
      synchronized (this) {
        synchronized (one) {
          take("" + one + total + factor);
        }
      }
    }
  }
}
