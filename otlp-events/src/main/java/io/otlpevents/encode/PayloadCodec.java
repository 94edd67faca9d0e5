package io.otlpevents.encode;

/**
 * Takes objects apart that the engine does not know: records, beans, the nodes of a JSON library.
 * Called on the threads that emit, several at a time; keeps nothing of what it is given.
 *
 * <p>Whatever it throws ends the event as {@code ENCODING_FAILED}, except what the sink itself
 * throws when the event grows too large.
 *
 * @see JacksonPayloads
 */
public interface PayloadCodec {

  /**
   * Writes this object as exactly one value.
   *
   * @throws Exception whatever goes wrong while the object is read
   */
  void write(Object value, PayloadSink sink) throws Exception;

  /**
   * Writes the value that this JSON text stands for. Only asked for when redaction has to look into
   * a text.
   *
   * @throws Exception if it is not JSON, or if this codec cannot read JSON, which is the default
   */
  default void writeJson(String json, PayloadSink sink) throws Exception {
    throw new UnsupportedOperationException("cannot read JSON");
  }

  /**
   * Whether {@code @Sensitive} and {@code @EventAttribute} on properties are respected. Where they
   * are not, such objects are recorded by Jackson or masked as a whole if they are attributes;
   * within a payload they are this codec's own responsibility.
   */
  default boolean honoursAnnotations() {
    return false;
  }
}
