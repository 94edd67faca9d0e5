package io.otlpevents.propagation.kafka;

import io.opentelemetry.context.propagation.TextMapGetter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Reads the headers of records, whose values are bytes that anybody may have written. What is not
 * UTF-8 becomes characters that no format allows. Headers without a value do not count.
 */
final class RecordHeaderGetter implements TextMapGetter<Headers> {

  static final RecordHeaderGetter INSTANCE = new RecordHeaderGetter();

  /** Longer than any format allows, so that what is cut here is refused or cut there. */
  private static final int LONGEST = 64 * 1024 + 1;

  /** More than anybody has a reason for. */
  private static final int MOST_KEYS = 256;

  private RecordHeaderGetter() {}

  @Override
  public Iterable<String> keys(Headers headers) {
    List<String> keys = new ArrayList<>();
    for (Header header : headers) {
      if (keys.size() == MOST_KEYS) {
        break;
      }
      keys.add(header.key());
    }
    return keys;
  }

  @Override
  public @Nullable String get(@Nullable Headers headers, String key) {
    Iterator<String> all = getAll(headers, key);
    return all.hasNext() ? all.next() : null;
  }

  @Override
  public Iterator<String> getAll(@Nullable Headers headers, String key) {
    return headers == null ? List.<String>of().iterator() : new Values(headers.headers(key));
  }

  /** Decodes what is asked for only. */
  private static final class Values implements Iterator<String> {

    private final Iterator<Header> headers;
    private byte @Nullable [] next;

    Values(Iterable<Header> headers) {
      this.headers = headers.iterator();
      this.next = advance();
    }

    private byte @Nullable [] advance() {
      while (headers.hasNext()) {
        byte[] value = headers.next().value();
        if (value != null) {
          return value;
        }
      }
      return null;
    }

    @Override
    public boolean hasNext() {
      return next != null;
    }

    @Override
    public String next() {
      byte[] value = next;
      if (value == null) {
        throw new java.util.NoSuchElementException();
      }
      next = advance();
      return new String(value, 0, Math.min(value.length, LONGEST), StandardCharsets.UTF_8);
    }
  }
}
