package io.otlpevents.interop;

import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.resource.v1.Resource;
import org.jspecify.annotations.Nullable;

/**
 * A log record as the Collector has written it, with what stood around it. Schema URLs that are not
 * there are empty.
 */
record ReceivedEvent(
    Resource resource,
    String resourceSchemaUrl,
    InstrumentationScope scope,
    String scopeSchemaUrl,
    LogRecord record) {

  /** The attribute with this key; null if there is none. */
  @Nullable KeyValue attribute(String key) {
    for (KeyValue attribute : record.getAttributesList()) {
      if (attribute.getKey().equals(key)) {
        return attribute;
      }
    }
    return null;
  }
}
