package io.otlpevents.journal;

import java.nio.ByteBuffer;

/** Takes records that a {@link JournalReader} hands over. */
@FunctionalInterface
public interface RecordConsumer {

  /**
   * Takes a record, or leaves it for the next time.
   *
   * @param bytes holds the record; only absolute access, and not beyond this call
   * @param offset where the record begins
   * @param length the record's length
   * @return false to leave this record and end the reading
   */
  boolean accept(ByteBuffer bytes, int offset, int length);
}
