package io.otlpevents.encode;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * Takes payload objects apart with Jackson 3, whose annotations and modules therefore apply, and so
 * do {@code @Sensitive} and {@code @EventAttribute} on properties. The only public class that needs
 * {@code tools.jackson.core:jackson-databind} on the class path.
 */
public final class JacksonPayloads {

  private JacksonPayloads() {}

  /** Uses this mapper, for example the application's own. */
  public static PayloadCodec using(ObjectMapper mapper) {
    return new Codec(mapper);
  }

  static PayloadCodec standard() {
    return new Codec(JsonMapper.builder().build());
  }

  /** Jackson writes into the sink; no text and no tree in between. */
  private static final class Codec implements PayloadCodec {

    private final ObjectMapper mapper;

    Codec(ObjectMapper mapper) {
      this.mapper = mapper.rebuild().addModule(new AnnotatedPropertiesModule()).build();
    }

    @Override
    public boolean honoursAnnotations() {
      return true;
    }

    @Override
    public void write(Object value, PayloadSink sink) {
      SinkGenerator generator = generator((ValueSink) sink);
      try {
        mapper.writeValue(generator, value);
      } finally {
        // The generator outlives the event.
        generator.assignCurrentValue(null);
      }
    }

    @Override
    public void writeJson(String json, PayloadSink sink) {
      SinkGenerator generator = generator((ValueSink) sink);
      try (JsonParser parser = mapper.createParser(json)) {
        parser.nextToken();
        generator.copyCurrentStructure(parser);
        if (parser.nextToken() != null) {
          throw new IllegalArgumentException("more than one JSON value");
        }
      }
    }

    private SinkGenerator generator(ValueSink sink) {
      @Nullable Object known = sink.adapter;
      if (known instanceof SinkGenerator generator && generator.codec == this) {
        return generator;
      }
      SinkGenerator generator = new SinkGenerator(sink, this);
      sink.adapter = generator;
      return generator;
    }
  }
}
