package io.otlpevents.delivery;

import java.nio.ByteBuffer;

/** Which records of the journal a destination gets. Asked by one thread. */
@FunctionalInterface
public interface RecordFilter {

  /** Admits every record. */
  RecordFilter ALL = (bytes, offset, length) -> true;

  /**
   * Whether the destination gets this record.
   *
   * @param bytes holds an encoded OTLP {@code LogRecord}; only absolute access, and not beyond this
   *     call
   * @param offset where the record begins
   * @param length the record's length
   */
  boolean admits(ByteBuffer bytes, int offset, int length);
}
