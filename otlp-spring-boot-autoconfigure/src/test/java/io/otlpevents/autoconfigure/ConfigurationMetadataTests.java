package io.otlpevents.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.otlpevents.PayloadMode;
import io.otlpevents.journal.OverflowPolicy;
import io.otlpevents.otlp.OtlpCompression;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.json.JSONArray;
import org.json.JSONException;
import org.json.JSONObject;
import org.junit.jupiter.api.Test;

/** What development tools show of the properties. */
class ConfigurationMetadataTests {

  @Test
  void describesEveryPropertyWithItsDefault() throws IOException, JSONException {
    TreeMap<String, String> defaults = new TreeMap<>();
    JSONArray properties = metadata().getJSONArray("properties");
    for (int i = 0; i < properties.length(); i++) {
      JSONObject property = properties.getJSONObject(i);
      assertThat(property.optString("description")).as(property.toString()).endsWith(".");
      assertThat(property.getString("description")).doesNotContain("{@", "<", "&");
      defaults.put(property.getString("name"), property.optString("defaultValue"));
    }
    assertThat(defaults)
        .containsOnlyKeys(
            "management.endpoint.emittedevents.access",
            "management.endpoint.emittedevents.cache.time-to-live",
            "management.health.emittedevents.enabled",
            "otlp.endpoint",
            "otlp.protocol",
            "otlp.headers",
            "otlp.compression",
            "otlp.timeout",
            "otlp.connect-timeout",
            "otlp.keep-alive",
            "otlp.ssl.bundle",
            "otlp.ssl.certificate",
            "otlp.ssl.client-certificate",
            "otlp.ssl.client-key",
            "otlp.proxy.host",
            "otlp.proxy.port",
            "otlp.proxy.user",
            "otlp.proxy.password",
            "otlp.events.enabled",
            "otlp.events.default-attributes",
            "otlp.events.minimum-severity",
            "otlp.events.shutdown-timeout",
            "otlp.events.journal.max-size",
            "otlp.events.journal.segment-size",
            "otlp.events.journal.max-event-size",
            "otlp.events.journal.overflow",
            "otlp.events.journal.max-block",
            "otlp.events.journal.directory",
            "otlp.events.journal.fsync",
            "otlp.events.journal.fsync-interval",
            "otlp.events.journal.exclusive",
            "otlp.events.journal.reserved-size",
            "otlp.events.journal.protected-severity",
            "otlp.events.journal.max-age",
            "otlp.events.batch.preset",
            "otlp.events.batch.adaptive",
            "otlp.events.batch.max-size",
            "otlp.events.batch.max-delay",
            "otlp.events.batch.max-in-flight",
            "otlp.events.retry.initial-backoff",
            "otlp.events.retry.max-backoff",
            "otlp.events.retry.bisect-refused",
            "otlp.events.retry.hold-unauthorized",
            "otlp.events.payload.mode",
            "otlp.events.payload.key",
            "otlp.events.limits.max-attributes",
            "otlp.events.limits.max-value-length",
            "otlp.events.limits.max-depth",
            "otlp.events.redaction.drop",
            "otlp.events.redaction.mask",
            "otlp.events.redaction.hash",
            "otlp.events.redaction.hash-secret",
            "otlp.events.sampling.rules",
            "otlp.events.sampling.adaptive.enabled",
            "otlp.events.sampling.adaptive.low-water-mark",
            "otlp.events.sampling.adaptive.high-water-mark",
            "otlp.events.sampling.adaptive.floor",
            "otlp.events.sampling.adaptive.keep-from",
            "otlp.events.resource.detection",
            "otlp.events.bridge.application-events",
            "otlp.events.mirror-to-span",
            "otlp.propagation.enabled",
            "otlp.propagation.mode",
            "otlp.propagation.formats",
            "otlp.propagation.strict",
            "otlp.propagation.sampled-ratio",
            "otlp.propagation.baggage.max-members",
            "otlp.propagation.baggage.max-size",
            "otlp.propagation.egress.allowed-hosts",
            "otlp.propagation.kafka.enabled",
            "otlp.propagation.kafka.spans")
        .containsEntry("otlp.protocol", "grpc")
        .containsEntry("otlp.compression", "none")
        .containsEntry("otlp.timeout", "10s")
        .containsEntry("otlp.events.batch.max-size", "1MB")
        .containsEntry("otlp.events.enabled", "true")
        .containsEntry("otlp.events.journal.max-size", "64MB")
        .containsEntry("otlp.events.batch.max-delay", "200ms");
  }

  @Test
  void hintsAtWhatCanBeWritten() throws IOException, JSONException {
    Set<String> hinted = new TreeSet<>();
    JSONArray hints = metadata().getJSONArray("hints");
    for (int i = 0; i < hints.length(); i++) {
      hinted.add(hints.getJSONObject(i).getString("name"));
    }
    assertThat(hinted)
        .contains(
            "otlp.compression",
            "otlp.endpoint",
            "otlp.events.journal.overflow",
            "otlp.events.payload.mode",
            "otlp.events.batch.preset",
            "otlp.events.minimum-severity",
            "otlp.headers.keys",
            "otlp.protocol");
  }

  /** Values of enums that are written by hand must exist, and none may be missing. */
  @Test
  void hintsAtTheValuesThereAre() throws IOException, JSONException {
    assertThat(hints("otlp.compression")).isEqualTo(written(OtlpCompression.values()));
    assertThat(hints("otlp.events.journal.overflow")).isEqualTo(written(OverflowPolicy.values()));
    assertThat(hints("otlp.events.payload.mode"))
        .containsExactlyInAnyOrderElementsOf(written(PayloadMode.values()));
    assertThat(hints("otlp.events.batch.preset"))
        .isEqualTo(written(OtlpProperties.Preset.values()));
  }

  private static List<String> written(Enum<?>[] values) {
    return Stream.of(values)
        .map(value -> value.name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .toList();
  }

  private static List<String> hints(String name) throws IOException, JSONException {
    JSONArray hints = metadata().getJSONArray("hints");
    List<String> values = new ArrayList<>();
    for (int i = 0; i < hints.length(); i++) {
      JSONObject hint = hints.getJSONObject(i);
      if (hint.getString("name").equals(name)) {
        JSONArray all = hint.getJSONArray("values");
        for (int v = 0; v < all.length(); v++) {
          assertThat(all.getJSONObject(v).optString("description")).endsWith(".");
          values.add(all.getJSONObject(v).getString("value"));
        }
      }
    }
    return values;
  }

  /**
   * The table that users read is made of the metadata. To write it again after a property has
   * changed, run this test with {@code -Dotlpevents.write-docs=true}.
   */
  @Test
  void areTheDocumentedProperties() throws IOException, JSONException {
    Path file = Path.of("../docs/properties.md");
    String table = PropertyTable.of(metadata());
    if (Boolean.getBoolean("otlpevents.write-docs")) {
      Files.writeString(file, table);
    }
    assertThat(Files.readString(file))
        .as("docs/properties.md; run this test with -Dotlpevents.write-docs=true to write it")
        .isEqualTo(table);
  }

  @Test
  void hintsAtProtocols() throws IOException, JSONException {
    JSONArray hints = metadata().getJSONArray("hints");
    for (int i = 0; i < hints.length(); i++) {
      JSONObject hint = hints.getJSONObject(i);
      if (hint.getString("name").equals("otlp.protocol")) {
        JSONArray values = hint.getJSONArray("values");
        assertThat(values.getJSONObject(0).getString("value")).isEqualTo("grpc");
        assertThat(values.getJSONObject(1).getString("value")).isEqualTo("http/protobuf");
        assertThat(values.getJSONObject(2).getString("value")).isEqualTo("http/json");
        return;
      }
    }
    fail("No hint for otlp.protocol");
  }

  private static JSONObject metadata() throws IOException, JSONException {
    try (InputStream in =
        OtlpProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
      return new JSONObject(
          new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
