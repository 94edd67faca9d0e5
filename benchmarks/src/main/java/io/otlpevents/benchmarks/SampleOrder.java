package io.otlpevents.benchmarks;

import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;

/**
 * The payload that {@link PayloadBenchmark} emits: an order of thirteen fields, with an address and
 * three lines; 27 values in all, about 750 characters as JSON. Orders are made beforehand and taken
 * in turn.
 */
record SampleOrder(
    String orderId,
    String customerId,
    String email,
    Status status,
    Channel channel,
    String currency,
    BigDecimal total,
    double weightKg,
    int loyaltyPoints,
    boolean express,
    long placedAt,
    Address shipTo,
    List<Line> lines) {

  private static final int VARIANTS = 1024;
  private static final SampleOrder[] ORDERS = new SampleOrder[VARIANTS];
  private static final String[] CITIES = {"Hamburg", "København", "Valencia", "Portland"};

  static {
    for (int i = 0; i < VARIANTS; i++) {
      ORDERS[i] = of(i);
    }
  }

  enum Status {
    PLACED,
    PAID,
    SHIPPED,
    RETURNED
  }

  enum Channel {
    WEB,
    APP,
    PHONE,
    STORE
  }

  record Address(String street, String city, String postalCode, String country) {}

  record Line(String sku, String title, int quantity, BigDecimal unitPrice) {}

  /** The order with this number, modulo how many there are. */
  static SampleOrder number(long number) {
    return ORDERS[(int) number & VARIANTS - 1];
  }

  private static SampleOrder of(int i) {
    return new SampleOrder(
        new UUID(0x0190_0000_7000_0000L + i, 0x8000_0000_0000_0000L + i).toString(),
        "cust-%06d".formatted(i * 31),
        "buyer%d@shop.example".formatted(i),
        Status.values()[i & 3],
        Channel.values()[i >> 2 & 3],
        "EUR",
        BigDecimal.valueOf(1000 + i * 7L, 2),
        i * 0.37,
        i * 3,
        (i & 1) == 0,
        1_763_000_000_000L + i * 1009L,
        new Address(i + " Long Harbour Street", CITIES[i & 3], "%05d".formatted(i * 61), "DE"),
        List.of(line(i, 1), line(i, 2), line(i, 3)));
  }

  private static Line line(int order, int line) {
    return new Line(
        "SKU-%05d".formatted(order * 13 + line),
        "Enamel coffee cup, size " + line + ", colour " + order % 50,
        line,
        BigDecimal.valueOf(499 + order + line, 2));
  }
}
