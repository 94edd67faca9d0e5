package io.otlpevents.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties below {@code otlp.propagation.kafka}. Immutable.
 *
 * @param enabled Whether the trace context is carried in the headers of Kafka's records.
 * @param spans Whether records that are sent and processed get spans where the application has
 *     OpenTelemetry's SDK and nothing else makes such spans.
 */
@ConfigurationProperties("otlp.propagation.kafka")
public record KafkaPropagationProperties(
    @DefaultValue("true") boolean enabled, @DefaultValue("true") boolean spans) {}
