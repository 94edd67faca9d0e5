package io.otlpevents.encode;

import io.opentelemetry.sdk.resources.Resource;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Where events come from, as the bytes that stand around their records in an OTLP request. The two
 * halves are opaque to everything but OTLP; they are kept with the journal, so that a successor can
 * deliver a dead process's events as that process's.
 *
 * @see <a
 *     href="https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/logs/v1/logs.proto">OTLP
 *     logs.proto: ResourceLogs, ScopeLogs</a>
 */
public final class Origin {

  private final byte[] resource;
  private final byte[] scope;

  private Origin(byte[] resource, byte[] scope) {
    this.resource = resource;
    this.scope = scope;
  }

  /** The origin with this resource, and this name and version of the instrumentation scope. */
  public static Origin of(Resource resource, String scopeName, @Nullable String scopeVersion) {
    ByteArrayOutputStream attributes = new ByteArrayOutputStream();
    resource
        .getAttributes()
        .forEach(
            (key, value) ->
                attributes.writeBytes(
                    EventEncoder.attribute(Otlp.RESOURCE_ATTRIBUTE, key.getKey(), value)));
    ByteArrayOutputStream resourceFields = new ByteArrayOutputStream();
    resourceFields.writeBytes(message(Otlp.RESOURCE, attributes.toByteArray()));
    String schemaUrl = resource.getSchemaUrl();
    if (schemaUrl != null) {
      resourceFields.writeBytes(EventEncoder.text(Otlp.SCHEMA_URL, schemaUrl));
    }

    ByteArrayOutputStream scope = new ByteArrayOutputStream();
    scope.writeBytes(EventEncoder.text(Otlp.SCOPE_NAME, scopeName));
    if (scopeVersion != null) {
      scope.writeBytes(EventEncoder.text(Otlp.SCOPE_VERSION, scopeVersion));
    }
    return new Origin(resourceFields.toByteArray(), message(Otlp.SCOPE, scope.toByteArray()));
  }

  /** The fields of {@code ResourceLogs} except its scope logs; a copy. */
  public byte[] resource() {
    return resource.clone();
  }

  /** The fields of {@code ScopeLogs} except its records; a copy. */
  public byte[] scope() {
    return scope.clone();
  }

  private static byte[] message(int tag, byte[] content) {
    WireBuffer buffer = new WireBuffer(Integer.MAX_VALUE);
    buffer.writeByte(tag);
    buffer.writeVarint(content.length);
    buffer.writeBytes(content);
    return buffer.copyFrom(0);
  }
}
