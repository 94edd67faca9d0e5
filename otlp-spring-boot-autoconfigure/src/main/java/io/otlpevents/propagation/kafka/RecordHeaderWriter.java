package io.otlpevents.propagation.kafka;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Replaces the headers of a trace: records that are passed on have those of their past. */
final class RecordHeaderWriter {

  private static final String BAGGAGE = "baggage";

  /** Removing headers one by one takes a time that grows with the square of their number. */
  private static final int MOST_IN_PLACE = 64;

  private RecordHeaderWriter() {}

  /**
   * Writes headers.
   *
   * @param values what to write; baggage that is not among it stays, other fields do not
   * @param fields all that the propagator may write
   * @return the same record, or a copy if its headers cannot be changed, because it was sent before
   */
  static <K, V> ProducerRecord<K, V> replace(
      ProducerRecord<K, V> record, Map<String, String> values, Collection<String> fields) {
    if (values.isEmpty()) {
      return record;
    }
    Set<String> stale = new HashSet<>(values.keySet());
    for (String field : fields) {
      if (!field.equals(BAGGAGE) && hasTrace(values)) {
        stale.add(field);
      }
    }
    Headers headers = record.headers();
    if (!hasMoreThan(MOST_IN_PLACE, headers)) {
      try {
        stale.forEach(headers::remove);
        add(values, headers);
        return record;
      } catch (IllegalStateException e) {
        // Read-only: the record has been sent before.
      }
    }
    Headers copy = new RecordHeaders();
    for (Header header : headers) {
      if (!stale.contains(header.key())) {
        copy.add(header);
      }
    }
    add(values, copy);
    return new ProducerRecord<>(
        record.topic(), record.partition(), record.timestamp(), record.key(), record.value(), copy);
  }

  private static boolean hasTrace(Map<String, String> values) {
    return values.size() > 1 || !values.containsKey(BAGGAGE);
  }

  private static boolean hasMoreThan(int number, Headers headers) {
    int seen = 0;
    for (Header ignored : headers) {
      if (++seen > number) {
        return true;
      }
    }
    return false;
  }

  private static void add(Map<String, String> values, Headers headers) {
    values.forEach((key, value) -> headers.add(key, value.getBytes(StandardCharsets.UTF_8)));
  }
}
