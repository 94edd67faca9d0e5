package io.otlpevents;

/**
 * How a payload is recorded. Set for all events where the engine is built, and for one event by
 * {@link EventBuilder#payload(Object, PayloadMode)}.
 *
 * <p>Text and bytes have no entries; see {@link EventBuilder#payload(String)} and {@link
 * EventBuilder#payload(byte[], String)} for what becomes of them.
 */
public enum PayloadMode {
  /**
   * Each entry is an attribute, entries of nested objects have dotted keys: {@code customer.tier}.
   * The event's own attributes win over entries with the same key, the later of two entries wins
   * over the earlier. Null entries are left out. A payload without names, such as a list, is
   * recorded as with {@link #NESTED_ATTRIBUTE}.
   */
  FLAT,
  /** The body is the payload, as a structured value. Takes the place of the display text. */
  STRUCTURED_BODY,
  /** The body is the payload as JSON text. Takes the place of the display text. */
  JSON_STRING,
  /** One attribute, {@code otlpevents.payload} unless set otherwise, is the payload. */
  NESTED_ATTRIBUTE
}
