package io.otlpevents.propagation;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.BaggageBuilder;
import io.opentelemetry.api.baggage.BaggageEntry;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Baggage as it arrived, which is also how it leaves. Most applications only pass it on, so it is
 * taken apart when somebody asks for a member. Never empty. Immutable to those who see it.
 */
final class ArrivedBaggage implements Baggage {

  private final String header;

  /** The same whoever makes it. */
  private volatile @Nullable Baggage members;

  /**
   * Takes a header.
   *
   * @param header well-formed members, one at least, with commas between them and nothing else
   */
  ArrivedBaggage(String header) {
    this.header = header;
  }

  /** How it leaves. */
  String header() {
    return header;
  }

  private Baggage members() {
    Baggage read = members;
    if (read == null) {
      BaggageBuilder builder = Baggage.builder();
      for (int at = 0; at < header.length(); ) {
        int comma = header.indexOf(',', at);
        int next = comma < 0 ? header.length() : comma;
        BaggageMember.put(header, at, next, builder);
        at = next + 1;
      }
      read = builder.build();
      members = read;
    }
    return read;
  }

  @Override
  public boolean isEmpty() {
    return false;
  }

  @Override
  public int size() {
    return members().size();
  }

  @Override
  public void forEach(BiConsumer<? super String, ? super BaggageEntry> consumer) {
    members().forEach(consumer);
  }

  @Override
  public Map<String, BaggageEntry> asMap() {
    return members().asMap();
  }

  @Override
  public @Nullable String getEntryValue(String key) {
    return members().getEntryValue(key);
  }

  @Override
  public @Nullable BaggageEntry getEntry(String key) {
    return members().getEntry(key);
  }

  @Override
  public BaggageBuilder toBuilder() {
    return members().toBuilder();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Baggage baggage && asMap().equals(baggage.asMap());
  }

  @Override
  public int hashCode() {
    return asMap().hashCode();
  }

  @Override
  public String toString() {
    return header;
  }
}
