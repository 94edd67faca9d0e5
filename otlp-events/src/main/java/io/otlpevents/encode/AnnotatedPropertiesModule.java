package io.otlpevents.encode;

import io.otlpevents.SensitiveValue;
import io.otlpevents.Sensitivity;
import io.otlpevents.annotation.EventProperties;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.PropertyName;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.BeanPropertyWriter;
import tools.jackson.databind.ser.ValueSerializerModifier;
import tools.jackson.databind.ser.std.StdSerializer;
import tools.jackson.databind.util.NameTransformer;

/**
 * Teaches Jackson what {@code @Sensitive} and {@code @EventAttribute} mean on properties. Only in
 * the copy of the mapper that writes events, never in the application's own.
 */
final class AnnotatedPropertiesModule extends SimpleModule {

  private static final long serialVersionUID = 1;

  AnnotatedPropertiesModule() {
    super("otlp-events");
    setSerializerModifier(new Modifier());
    addSerializer(new MarkedSerializer());
  }

  private static final class Modifier extends ValueSerializerModifier {

    private static final long serialVersionUID = 1;

    @Override
    public List<BeanPropertyWriter> changeProperties(
        SerializationConfig config,
        BeanDescription.Supplier bean,
        List<BeanPropertyWriter> writers) {
      EventProperties properties = EventProperties.of(bean.getBeanClass());
      if (!properties.areAnnotated()) {
        return writers;
      }
      List<BeanPropertyWriter> changed = new ArrayList<>();
      for (BeanPropertyWriter writer : writers) {
        String property = property(writer.getMember(), writer.getName());
        Sensitivity sensitivity = properties.sensitivity(property);
        String key = properties.key(property);
        if (sensitivity == Sensitivity.DROP || key == null && properties.select()) {
          continue;
        }
        BeanPropertyWriter named =
            key == null || key.isEmpty() || key.equals(writer.getName())
                ? writer
                : writer.rename(new Renaming(key));
        changed.add(sensitivity == null ? named : new SensitiveWriter(named, sensitivity));
      }
      return changed;
    }

    /** The name in Java, whatever JSON calls it. */
    private static String property(@Nullable AnnotatedMember member, String otherwise) {
      return member == null ? otherwise : EventProperties.property(member.getName());
    }
  }

  /** Renames to a fixed name. */
  private static final class Renaming extends NameTransformer {

    private final String name;

    Renaming(String name) {
      this.name = name;
    }

    @Override
    public String transform(String ignored) {
      return name;
    }

    @Override
    public @Nullable String reverse(String transformed) {
      return null;
    }
  }

  /** Writes what is allowed of a property's value. */
  private static final class SensitiveWriter extends BeanPropertyWriter {

    private static final long serialVersionUID = 1;

    private final Sensitivity sensitivity;

    SensitiveWriter(BeanPropertyWriter writer, Sensitivity sensitivity) {
      super(writer);
      this.sensitivity = sensitivity;
    }

    private SensitiveWriter(SensitiveWriter writer, PropertyName name) {
      super(writer, name);
      this.sensitivity = writer.sensitivity;
    }

    @Override
    protected BeanPropertyWriter _new(PropertyName newName) {
      return new SensitiveWriter(this, newName);
    }

    @Override
    public void serializeAsProperty(
        Object bean, JsonGenerator generator, SerializationContext context) throws Exception {
      Object value = get(bean);
      if (value != null) {
        generator.writeName(_name);
        generator.writePOJO(SensitiveValue.of(value, sensitivity));
      }
    }

    @Override
    public void serializeAsElement(
        Object bean, JsonGenerator generator, SerializationContext context) throws Exception {
      generator.writePOJO(SensitiveValue.of(get(bean), sensitivity));
    }

    @Override
    public BeanPropertyWriter unwrappingWriter(NameTransformer unwrapper) {
      return new SensitiveWriter(
          this, PropertyName.construct(unwrapper.transform(_name.getValue())));
    }
  }

  /** For marked values that Jackson meets within other objects. */
  private static final class MarkedSerializer extends StdSerializer<SensitiveValue> {

    MarkedSerializer() {
      super(SensitiveValue.class);
    }

    @Override
    public void serialize(
        SensitiveValue value, JsonGenerator generator, SerializationContext context) {
      generator.writePOJO(value);
    }
  }
}
