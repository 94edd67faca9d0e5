package io.otlpevents.encode;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.Base64Variant;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.SerializableString;
import tools.jackson.core.StreamWriteCapability;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.TreeNode;
import tools.jackson.core.Version;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.util.JacksonFeatureSet;

/**
 * Passes on to a sink what Jackson writes. Holds nothing but the sink, so it is kept with it and
 * used for one event after the other.
 */
final class SinkGenerator extends JsonGenerator {

  /** As for JSON: ids, for example, are texts rather than bytes. */
  private static final JacksonFeatureSet<StreamWriteCapability> CAPABILITIES =
      JacksonFeatureSet.fromDefaults(StreamWriteCapability.values());

  private static final TokenStreamContext CONTEXT = new NoContext();

  final PayloadCodec codec;
  private final ValueSink sink;
  private @Nullable Object currentValue;

  SinkGenerator(ValueSink sink, PayloadCodec codec) {
    this.sink = sink;
    this.codec = codec;
  }

  @Override
  public Version version() {
    return Version.unknownVersion();
  }

  @Override
  public TokenStreamContext streamWriteContext() {
    return CONTEXT;
  }

  @Override
  public ObjectWriteContext objectWriteContext() {
    return ObjectWriteContext.empty();
  }

  @Override
  public Object streamWriteOutputTarget() {
    return sink;
  }

  @Override
  public int streamWriteOutputBuffered() {
    return -1;
  }

  @Override
  public @Nullable Object currentValue() {
    return currentValue;
  }

  @Override
  public void assignCurrentValue(@Nullable Object value) {
    currentValue = value;
  }

  @Override
  public JsonGenerator configure(StreamWriteFeature feature, boolean state) {
    return this;
  }

  @Override
  public boolean isEnabled(StreamWriteFeature feature) {
    return false;
  }

  @Override
  public int streamWriteFeatures() {
    return 0;
  }

  @Override
  public boolean has(StreamWriteCapability capability) {
    return CAPABILITIES.isEnabled(capability);
  }

  @Override
  public JacksonFeatureSet<StreamWriteCapability> streamWriteCapabilities() {
    return CAPABILITIES;
  }

  @Override
  public JsonGenerator writeStartArray() {
    sink.startArray();
    return this;
  }

  @Override
  public JsonGenerator writeStartArray(@Nullable Object current) {
    return writeStartArray();
  }

  @Override
  public JsonGenerator writeStartArray(@Nullable Object current, int size) {
    return writeStartArray();
  }

  @Override
  public JsonGenerator writeEndArray() {
    sink.endArray();
    return this;
  }

  @Override
  public JsonGenerator writeStartObject() {
    sink.startObject();
    return this;
  }

  @Override
  public JsonGenerator writeStartObject(@Nullable Object current) {
    return writeStartObject();
  }

  @Override
  public JsonGenerator writeStartObject(@Nullable Object current, int size) {
    return writeStartObject();
  }

  @Override
  public JsonGenerator writeEndObject() {
    sink.endObject();
    return this;
  }

  @Override
  public JsonGenerator writeName(String name) {
    sink.name(name);
    return this;
  }

  @Override
  public JsonGenerator writeName(SerializableString name) {
    return writeName(name.getValue());
  }

  @Override
  public JsonGenerator writePropertyId(long id) {
    return writeName(Long.toString(id));
  }

  @Override
  public JsonGenerator writeString(@Nullable String value) {
    sink.value(value);
    return this;
  }

  @Override
  public JsonGenerator writeString(Reader reader, int length) throws JacksonException {
    int limit = length >= 0 ? length : Integer.MAX_VALUE;
    StringBuilder text = new StringBuilder();
    char[] part = new char[1024];
    try {
      while (text.length() < limit) {
        int count = reader.read(part, 0, Math.min(part.length, limit - text.length()));
        if (count < 0) {
          break;
        }
        text.append(part, 0, count);
        // An endless reader costs no more than the largest event.
        if (text.length() > sink.rules.maxPieces()) {
          throw sink.out.limitExceeded();
        }
      }
    } catch (IOException e) {
      throw JacksonIOException.construct(e, this);
    }
    return writeString(text.toString());
  }

  @Override
  public JsonGenerator writeString(char[] text, int offset, int length) {
    return writeString(new String(text, offset, length));
  }

  @Override
  public JsonGenerator writeString(SerializableString value) {
    return writeString(value.getValue());
  }

  @Override
  public JsonGenerator writeRawUTF8String(byte[] text, int offset, int length) {
    return writeUTF8String(text, offset, length);
  }

  @Override
  public JsonGenerator writeUTF8String(byte[] text, int offset, int length) {
    return writeString(new String(text, offset, length, StandardCharsets.UTF_8));
  }

  @Override
  public JsonGenerator writeRaw(String text) {
    throw new UnsupportedOperationException("parts of JSON text have no place in an OTLP value");
  }

  @Override
  public JsonGenerator writeRaw(String text, int offset, int length) {
    return writeRaw(text);
  }

  @Override
  public JsonGenerator writeRaw(char[] text, int offset, int length) {
    return writeRaw("");
  }

  @Override
  public JsonGenerator writeRaw(char c) {
    return writeRaw("");
  }

  /** Reads the JSON text, so that limits and redaction see what is in it. */
  @Override
  public JsonGenerator writeRawValue(String json) throws JacksonException {
    try {
      codec.writeJson(json, sink);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalArgumentException(e);
    }
    return this;
  }

  @Override
  public JsonGenerator writeRawValue(String json, int offset, int length) {
    return writeRawValue(json.substring(offset, offset + length));
  }

  @Override
  public JsonGenerator writeRawValue(char[] json, int offset, int length) {
    return writeRawValue(new String(json, offset, length));
  }

  @Override
  public JsonGenerator writeRawValue(SerializableString json) {
    return writeRawValue(json.getValue());
  }

  @Override
  public JsonGenerator writeBinary(Base64Variant variant, byte[] data, int offset, int length) {
    sink.value(data, offset, length);
    return this;
  }

  @Override
  public int writeBinary(Base64Variant variant, InputStream data, int length)
      throws JacksonException {
    try {
      int limit = sink.rules.maxPieces();
      byte[] bytes = data.readNBytes(length >= 0 ? Math.min(length, limit) : limit);
      sink.value(bytes, 0, bytes.length);
      if (bytes.length >= limit) {
        throw sink.out.limitExceeded();
      }
      return bytes.length;
    } catch (IOException e) {
      throw JacksonIOException.construct(e, this);
    }
  }

  @Override
  public JsonGenerator writeNumber(short number) {
    sink.value((long) number);
    return this;
  }

  @Override
  public JsonGenerator writeNumber(int number) {
    sink.value((long) number);
    return this;
  }

  @Override
  public JsonGenerator writeNumber(long number) {
    sink.value(number);
    return this;
  }

  @Override
  public JsonGenerator writeNumber(@Nullable BigInteger number) {
    return writeNumber(number == null ? null : number.toString());
  }

  @Override
  public JsonGenerator writeNumber(double number) {
    sink.value(number);
    return this;
  }

  @Override
  public JsonGenerator writeNumber(float number) {
    sink.value((double) number);
    return this;
  }

  @Override
  public JsonGenerator writeNumber(@Nullable BigDecimal number) {
    return writeNumber(number == null ? null : number.toString());
  }

  @Override
  public JsonGenerator writeNumber(@Nullable String number) {
    if (number == null) {
      sink.nothing();
    } else {
      sink.number(number);
    }
    return this;
  }

  @Override
  public JsonGenerator writeBoolean(boolean flag) {
    sink.value(flag);
    return this;
  }

  @Override
  public JsonGenerator writeNull() {
    sink.nothing();
    return this;
  }

  @Override
  public JsonGenerator writePOJO(@Nullable Object value) {
    try {
      ValueWriter.write(sink, value, codec);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalArgumentException(e);
    }
    return this;
  }

  @Override
  public JsonGenerator writeTree(@Nullable TreeNode node) {
    return writePOJO(node);
  }

  @Override
  public void flush() {}

  @Override
  public boolean isClosed() {
    return false;
  }

  @Override
  public void close() {}

  /** Nothing is known about the place, which only error messages would ask for. */
  private static final class NoContext extends TokenStreamContext {

    NoContext() {
      super(TYPE_ROOT, -1);
    }

    @Override
    public @Nullable TokenStreamContext getParent() {
      return null;
    }

    @Override
    public @Nullable String currentName() {
      return null;
    }
  }
}
