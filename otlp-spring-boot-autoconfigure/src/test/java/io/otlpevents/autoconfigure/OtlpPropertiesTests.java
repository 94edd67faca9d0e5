package io.otlpevents.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.logs.Severity;
import io.otlpevents.PayloadMode;
import io.otlpevents.autoconfigure.OtlpProperties.Preset;
import io.otlpevents.autoconfigure.OtlpProperties.Protocol;
import io.otlpevents.delivery.DeliverySettings;
import io.otlpevents.delivery.Destination;
import io.otlpevents.encode.EncoderSettings;
import io.otlpevents.journal.FsyncPolicy;
import io.otlpevents.journal.JournalSettings;
import io.otlpevents.journal.OverflowPolicy;
import io.otlpevents.otlp.OtlpCompression;
import io.otlpevents.pipeline.AdaptiveSampling;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.util.unit.DataSize;

class OtlpPropertiesTests {

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(OtlpEventsAutoConfiguration.class))
          .withBean(Destination.class, FakeDestination::answering);

  @Test
  void defaultsAreTheEngines() {
    JournalSettings journal = JournalSettings.defaults();
    DeliverySettings delivery = DeliverySettings.defaults();
    runner.run(
        context -> {
          OtlpProperties properties = context.getBean(OtlpProperties.class);
          OtlpProperties.Events events = properties.events();
          assertThat(events.journal())
              .isEqualTo(
                  new OtlpProperties.Journal(
                      null,
                      DataSize.ofBytes(journal.maxSize()),
                      DataSize.ofBytes(journal.segmentSize()),
                      DataSize.ofBytes(journal.maxEventSize()),
                      journal.overflow(),
                      journal.maxBlock(),
                      null,
                      null,
                      false,
                      DataSize.ofBytes(journal.reservedSize()),
                      Severity.FATAL,
                      null));
          assertThat(events.journal().settings()).isEqualTo(journal);
          assertThat(events.batch())
              .isEqualTo(
                  new OtlpProperties.Batch(
                      Preset.BALANCED,
                      delivery.adaptive(),
                      DataSize.ofBytes(delivery.maxBatchSize()),
                      delivery.maxDelay(),
                      delivery.maxInFlight()));
          assertThat(events.retry())
              .isEqualTo(
                  new OtlpProperties.Retry(
                      delivery.initialBackoff(),
                      delivery.maxBackoff(),
                      delivery.bisectRefused(),
                      delivery.holdUnauthorized()));
          EncoderSettings encoding = EncoderSettings.defaults();
          assertThat(events.payload())
              .isEqualTo(new OtlpProperties.Payload(encoding.payloadMode(), encoding.payloadKey()));
          assertThat(events.limits())
              .isEqualTo(
                  new OtlpProperties.Limits(encoding.maxAttributes(), null, encoding.maxDepth()));
          assertThat(encoding.maxValueLength()).isEqualTo(Integer.MAX_VALUE);
          assertThat(events.redaction())
              .isEqualTo(new OtlpProperties.Redaction(List.of(), List.of(), List.of(), null));
          assertThat(events.sampling().rules()).isEmpty();
          assertThat(events.sampling().adaptive().enabled()).isFalse();
          assertThat(events.sampling().adaptive().settings())
              .isEqualTo(AdaptiveSampling.defaults());
          assertThat(events.resource().detection()).isTrue();
          assertThat(events.enabled()).isTrue();
          assertThat(events.minimumSeverity()).isNull();
          assertThat(events.defaultAttributes()).isEmpty();
          assertThat(events.shutdownTimeout()).isEqualTo(Duration.ofSeconds(10));
          assertThat(OtlpReceiver.of(properties))
              .isEqualTo(
                  new OtlpReceiver(
                      URI.create("http://localhost:4317"),
                      Protocol.GRPC,
                      Map.of(),
                      OtlpCompression.NONE,
                      Duration.ofSeconds(10),
                      ReceiverTls.NONE));
          assertThat(properties.keepAlive()).isZero();
          assertThat(properties.proxy())
              .isEqualTo(new OtlpProperties.Proxy(null, null, null, null));
          assertThat(properties.connectTimeout()).isEqualTo(Duration.ofSeconds(10));
          assertThat(properties.ssl()).isEqualTo(new OtlpProperties.Ssl(null, null, null, null));
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"http/protobuf", "http/json"})
  void httpHasAnEndpointOfItsOwn(String protocol) {
    runner
        .withPropertyValues("otlp.protocol=" + protocol)
        .run(
            context -> {
              OtlpReceiver receiver = OtlpReceiver.of(context.getBean(OtlpProperties.class));
              assertThat(receiver.endpoint()).isEqualTo(URI.create("http://localhost:4318"));
              assertThat(receiver.protocol()).hasToString(protocol);
            });
  }

  @ParameterizedTest
  @CsvSource({
    "low-latency, 256KB, 20ms",
    "balanced, 1MB, 200ms",
    "high-throughput, 3MB, 1s",
  })
  void takesFromThePresetWhatIsNotSet(String preset, String maxSize, String maxDelay) {
    runner
        .withPropertyValues("otlp.events.batch.preset=" + preset)
        .run(
            context -> {
              OtlpProperties.Batch batch = context.getBean(OtlpProperties.class).events().batch();
              assertThat(batch.maxSize()).isEqualTo(DataSize.parse(maxSize));
              assertThat(batch.maxDelay()).isEqualTo(DurationStyle.detectAndParse(maxDelay));
            });
  }

  @Test
  void bindsEveryProperty(@TempDir Path directory) {
    runner
        .withPropertyValues(
            "otlp.endpoint=https://collector.example:443/otlp/v1/logs",
            "otlp.protocol=http/protobuf",
            "otlp.headers.x-api-key=secret",
            "otlp.compression=gzip",
            "otlp.timeout=1s",
            "otlp.connect-timeout=2s",
            "otlp.keep-alive=6m",
            "otlp.proxy.host=proxy.example",
            "otlp.proxy.port=3128",
            "otlp.proxy.user=me",
            "otlp.proxy.password=hush",
            "otlp.ssl.bundle=tls",
            "otlp.events.default-attributes.a.b=c",
            "otlp.events.minimum-severity=error",
            "otlp.events.shutdown-timeout=3s",
            "otlp.events.journal.max-size=8MB",
            "otlp.events.journal.segment-size=2MB",
            "otlp.events.journal.max-event-size=64KB",
            "otlp.events.journal.overflow=block",
            "otlp.events.journal.max-block=4s",
            "otlp.events.journal.directory=" + directory,
            "otlp.events.journal.fsync=interval",
            "otlp.events.journal.fsync-interval=12ms",
            "otlp.events.journal.exclusive=true",
            "otlp.events.journal.reserved-size=3MB",
            "otlp.events.journal.protected-severity=warn",
            "otlp.events.journal.max-age=13h",
            "otlp.events.batch.preset=low-latency",
            "otlp.events.batch.adaptive=true",
            "otlp.events.batch.max-size=2MB",
            "otlp.events.batch.max-delay=5ms",
            "otlp.events.batch.max-in-flight=6",
            "otlp.events.retry.initial-backoff=7ms",
            "otlp.events.retry.max-backoff=8s",
            "otlp.events.retry.bisect-refused=true",
            "otlp.events.retry.hold-unauthorized=true",
            "otlp.events.payload.mode=structured-body",
            "otlp.events.payload.key=data",
            "otlp.events.limits.max-attributes=9",
            "otlp.events.limits.max-value-length=10",
            "otlp.events.limits.max-depth=11",
            "otlp.events.redaction.drop=a,b.*",
            "otlp.events.redaction.mask=c",
            "otlp.events.redaction.hash=d",
            "otlp.events.redaction.hash-secret=0123456789abcdef",
            "otlp.events.sampling.rules[0].name=order.*",
            "otlp.events.sampling.rules[0].ratio=0.1",
            "otlp.events.sampling.rules[1].name=*",
            "otlp.events.sampling.rules[1].max-per-second=12.5",
            "otlp.events.sampling.adaptive.enabled=true",
            "otlp.events.sampling.adaptive.low-water-mark=0.2",
            "otlp.events.sampling.adaptive.high-water-mark=0.3",
            "otlp.events.sampling.adaptive.floor=0.4",
            "otlp.events.sampling.adaptive.keep-from=fatal",
            "otlp.events.resource.detection=false",
            "otlp.events.bridge.application-events=false",
            "otlp.events.mirror-to-span=true")
        .run(
            context ->
                assertThat(context.getBean(OtlpProperties.class))
                    .isEqualTo(
                        new OtlpProperties(
                            "https://collector.example:443/otlp/v1/logs",
                            Protocol.HTTP_PROTOBUF,
                            Map.of("x-api-key", "secret"),
                            OtlpCompression.GZIP,
                            Duration.ofSeconds(1),
                            Duration.ofSeconds(2),
                            Duration.ofMinutes(6),
                            new OtlpProperties.Ssl("tls", null, null, null),
                            new OtlpProperties.Proxy("proxy.example", 3128, "me", "hush"),
                            new OtlpProperties.Events(
                                true,
                                Map.of("a.b", "c"),
                                Severity.ERROR,
                                Duration.ofSeconds(3),
                                new OtlpProperties.Journal(
                                    directory.toString(),
                                    DataSize.ofMegabytes(8),
                                    DataSize.ofMegabytes(2),
                                    DataSize.ofKilobytes(64),
                                    OverflowPolicy.BLOCK,
                                    Duration.ofSeconds(4),
                                    FsyncPolicy.INTERVAL,
                                    Duration.ofMillis(12),
                                    true,
                                    DataSize.ofMegabytes(3),
                                    Severity.WARN,
                                    Duration.ofHours(13)),
                                new OtlpProperties.Batch(
                                    Preset.LOW_LATENCY,
                                    true,
                                    DataSize.ofMegabytes(2),
                                    Duration.ofMillis(5),
                                    6),
                                new OtlpProperties.Retry(
                                    Duration.ofMillis(7), Duration.ofSeconds(8), true, true),
                                new OtlpProperties.Payload(PayloadMode.STRUCTURED_BODY, "data"),
                                new OtlpProperties.Limits(9, 10, 11),
                                new OtlpProperties.Redaction(
                                    List.of("a", "b.*"),
                                    List.of("c"),
                                    List.of("d"),
                                    "0123456789abcdef"),
                                new OtlpProperties.Sampling(
                                    List.of(
                                        new OtlpProperties.Rule("order.*", 0.1, null),
                                        new OtlpProperties.Rule("*", 1, 12.5)),
                                    new OtlpProperties.Adaptive(
                                        true, 0.2, 0.3, 0.4, Severity.FATAL)),
                                new OtlpProperties.Resource(false),
                                new OtlpProperties.Bridge(false),
                                true))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "otlp.endpoint=http://collector",
        "otlp.endpoint=HTTPS://collector:4317/",
        "otlp.endpoint=http://[::1]:4317",
        "otlp.endpoint= ",
        "otlp.protocol=HTTP_PROTOBUF",
        "otlp.events.batch.max-size=3584KB",
        "otlp.events.journal.max-size=2MB",
        "otlp.events.journal.directory= ",
        "otlp.events.journal.reserved-size=62MB",
        "otlp.events.shutdown-timeout=0s",
        "otlp.headers.x-empty=",
        "otlp.keep-alive=0s",
        "otlp.events.sampling.rules[0].name=*",
        "otlp.events.redaction.hash-secret=0123456789abcdef"
      })
  void accepts(String property) {
    runner.withPropertyValues(property).run(context -> assertThat(context).hasNotFailed());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          otlp.endpoint=localhost:4317 | does not begin with http:// or https:// | Write http://localhost:4317, or https://
          otlp.endpoint=collector | does not begin with http:// or https:// | Write http://collector,
          otlp.endpoint=ftp://collector:21 | does not begin with http:// or https:// | write for example http://localhost:4317.
          otlp.endpoint=http:///logs | does not name a host | Write for example http://localhost:4317.
          otlp.endpoint=http://a b | is not a valid address | Write for example http://localhost:4317.
          otlp.endpoint=http://localhost:4318 | uses port 4318, where receivers expect http/protobuf, but otlp.protocol is grpc | Use port 4317, or set otlp.protocol=http/protobuf.
          otlp.endpoint=http://localhost/v1/logs | has the path /v1/logs, which gRPC does not use | Remove the path, or set otlp.protocol=http/protobuf.
          otlp.timeout=0s | is less than 1ms | Write a positive time, for example 10s.
          otlp.timeout=-1s | is less than 1ms | Write a positive time
          otlp.connect-timeout=0s | is less than 1ms | Write a positive time
          otlp.timeout=25h | is more than a day | Write a shorter time
          otlp.connect-timeout=25h | is more than a day | Write a shorter time
          otlp.keep-alive=-1s | is less than 1ms | Write a positive time
          otlp.keep-alive=25h | is more than a day | Write a shorter time
          otlp.ssl.bundle=tls | would not be used, because otlp.endpoint does not begin with https:// | Set otlp.endpoint to an https address
          otlp.ssl.certificate=/ca.pem | would not be used, because otlp.endpoint does not begin with https:// | Set otlp.endpoint to an https address, or remove otlp.ssl.certificate.
          otlp.events.shutdown-timeout=-1s | is a negative time | Write for example 1s, or 0s for none.
          otlp.events.journal.max-size=0B | is not a positive size | Write for example 1MB.
          otlp.events.journal.max-size=1MB | is less than two segments (otlp.events.journal.segment-size=1MB) | Write at least 2MB
          otlp.events.journal.segment-size=1KB | is not a multiple of 4KB that is at least 64KB | Write for example 1MB.
          otlp.events.journal.segment-size=65537B | is not a multiple of 4KB that is at least 64KB | Write for example 1MB.
          otlp.events.journal.segment-size=3GB | is more than 256MB | Write at most 256MB.
          otlp.events.journal.max-event-size=0B | is not a positive size | Write for example 1MB.
          otlp.events.journal.max-event-size=600KB | is more than 512KB, half a segment (otlp.events.journal.segment-size) | Write at most 512KB.
          otlp.events.journal.max-block=0s | is less than 1ms | Write a positive time
          otlp.events.journal.fsync=always | would not be used, because otlp.events.journal.directory is not set | Set otlp.events.journal.directory
          otlp.events.journal.exclusive=true | would not be used, because otlp.events.journal.directory is not set | Set otlp.events.journal.directory
          otlp.events.journal.fsync-interval=2s | would not be used, because otlp.events.journal.fsync is not interval | Set otlp.events.journal.fsync=interval
          otlp.events.journal.fsync-interval=0s | is less than 1ms | Write a positive time
          otlp.events.journal.reserved-size=63MB | does not leave two segments of otlp.events.journal.max-size=64MB | Write a smaller size
          otlp.events.journal.reserved-size=-1B | does not leave two segments | Write a smaller size
          otlp.events.journal.protected-severity=undefined-severity-number | is no severity | Write for example error.
          otlp.events.journal.max-age=999ms | is less than 1s | Write for example 24h
          otlp.events.batch.max-size=3585KB | is more than 3584KB, because receivers refuse requests of more than 4MB | Write at most 3584KB.
          otlp.events.batch.max-size=1KB | is less than 4KB | Write for example 1MB.
          otlp.events.batch.max-delay=0s | is less than 1ms | Write a positive time
          otlp.events.batch.max-in-flight=0 | is not between 1 and 64 | Write for example 4.
          otlp.events.batch.max-in-flight=65 | is not between 1 and 64 | Write for example 4.
          otlp.events.retry.initial-backoff=0s | is less than 1ms | Write a positive time
          otlp.events.retry.max-backoff=100ms | is less than otlp.events.retry.initial-backoff=200ms | Write at least 200ms
          otlp.events.payload.key= | is empty | Write for example otlpevents.payload.
          otlp.events.limits.max-attributes=0 | is less than 1 | Write for example 128.
          otlp.events.limits.max-value-length=0 | is less than 1 | Write for example 4096.
          otlp.events.limits.max-depth=0 | is not between 1 and 30 | Write for example 30.
          otlp.events.limits.max-depth=31 | is not between 1 and 30 | Write for example 30.
          otlp.events.redaction.drop[0]= | contains an empty key | Write for example password
          otlp.events.redaction.mask[0]= | contains an empty key | Write for example password
          otlp.events.redaction.hash[0]= | contains an empty key | Write for example password
          otlp.events.sampling.rules[0].name=a*b | is neither a name nor a prefix that ends in .* | Write for example order.placed, order.* or *.
          otlp.events.sampling.adaptive.low-water-mark=0.95 | is not less than otlp.events.sampling.adaptive.high-water-mark=0.9 | Write for example 0.5 and 0.9.
          otlp.events.sampling.adaptive.low-water-mark=-0.1 | is not between 0 and 1 | Write for example 0.5.
          otlp.events.sampling.adaptive.high-water-mark=1.1 | is not between 0 and 1 | Write for example 0.5.
          otlp.events.sampling.adaptive.floor=2 | is not between 0 and 1 | Write for example 0.5.
          """)
  void refuses(String setting, String problem, String fix) {
    String property = setting.substring(0, setting.indexOf('=')).replaceFirst("\\[0\\]$", "");
    refuses(property, problem, fix, setting);
  }

  @ParameterizedTest
  @CsvSource({
    "otlp.ssl.client-key, otlp.ssl.client-certificate",
    "otlp.ssl.client-certificate, otlp.ssl.client-key"
  })
  void refusesHalfAClientCertificate(String missing, String set) {
    refuses(missing, "is not set, but " + set + " is", "Set both", set + "=/client.pem");
  }

  @Test
  void refusesFilesBesideABundle() {
    refuses(
        "otlp.ssl.bundle",
        "is set together with otlp.ssl.certificate",
        "Remove one of both",
        "otlp.ssl.bundle=tls",
        "otlp.ssl.certificate=/ca.pem");
    refuses(
        "otlp.ssl.bundle",
        "is set together with otlp.ssl.client-certificate",
        "Remove one of both",
        "otlp.ssl.bundle=tls",
        "otlp.ssl.client-certificate=/client.pem",
        "otlp.ssl.client-key=/key.pem");
  }

  @Test
  void showsNoValuesOfHeadersAsText() {
    runner
        .withPropertyValues("otlp.headers.x-api-key=hush", "otlp.endpoint=http://collector:4317")
        .run(
            context ->
                assertThat(context.getBean(OtlpProperties.class).toString())
                    .contains("x-api-key", "http://collector:4317")
                    .doesNotContain("hush"));
  }

  @Test
  void refusesAPortOfTheOtherProtocol() {
    refuses(
        "otlp.endpoint",
        "uses port 4317, where receivers expect grpc, but otlp.protocol is http/protobuf",
        "Use port 4318, or set otlp.protocol=grpc.",
        "otlp.protocol=http/protobuf",
        "otlp.endpoint=http://localhost:4317");
  }

  @Test
  void refusesABatchLargerThanTheJournal() {
    refuses(
        "otlp.events.batch.max-size",
        "is more than 512KB, which is all that the journal holds",
        "Write at most 512KB.",
        "otlp.events.journal.max-size=512KB",
        "otlp.events.journal.segment-size=256KB",
        "otlp.events.journal.max-event-size=64KB");
  }

  @Test
  void refusesADirectoryThatIsNoPath() {
    refuses(
        "otlp.events.journal.directory",
        "is not a valid path",
        "Write for example /var/lib/shop/events.",
        "otlp.events.journal.directory=eve\0nts");
  }

  @Test
  void refusesAnEventThatFitsIntoNoRequest() {
    refuses(
        "otlp.events.journal.max-event-size",
        "is more than 3584KB, the most that fits into one request",
        "Write at most 3584KB.",
        "otlp.events.journal.max-event-size=4MB",
        "otlp.events.journal.segment-size=16MB");
  }

  @Test
  void refusesPasswordsInTheEndpointWithoutShowingThem() {
    InvalidOtlpPropertyException failure =
        refuses(
            "otlp.endpoint",
            "carries a user name or password",
            "Set otlp.headers.authorization instead.",
            "otlp.endpoint=http://me:hush@collector:4317");
    assertThat(failure.getMessage()).doesNotContain("hush");
  }

  @Test
  void refusesAHeaderValueWithALineBreakWithoutShowingIt() {
    InvalidOtlpPropertyException failure =
        refuses(
            "otlp.headers.x-api-key",
            "contains a line break",
            "a secret read from a file often ends with a line break",
            "otlp.headers.x-api-key=hush\r\nx-other: 1");
    assertThat(failure.getMessage()).doesNotContain("hush");
  }

  @Test
  void refusesAHeaderNameThatIsNone() {
    refuses(
        "otlp.headers",
        "contains the header name \"x api\"",
        "Use letters, digits and hyphens",
        "otlp.headers[x api]=1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ratio=0.5 | name | is not set
          ratio=1.5 | ratio | is not between 0 and 1
          ratio=-0.5 | ratio | is not between 0 and 1
          max-per-second=0 | max-per-second | is not greater than 0 and at most 1000000
          max-per-second=1000001 | max-per-second | is not greater than 0 and at most 1000000
          name=first | name | is the name of an earlier rule, too
          """)
  void refusesAWrongSamplingRule(String setting, String key, String problem) {
    String rule = "otlp.events.sampling.rules[1].";
    String[] settings = {
      "otlp.events.sampling.rules[0].name=first", rule + "name=second", rule + setting
    };
    if (key.equals("name") && setting.startsWith("ratio")) {
      settings[1] = "some.other=property";
    }
    refuses(rule + key, problem, "", settings);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          otlp.proxy.host=proxy | otlp.proxy.port | is not set, but otlp.proxy.host is
          otlp.proxy.port=3128 | otlp.proxy.host | is not set, but otlp.proxy.port is
          otlp.proxy.user=me | otlp.proxy.host | is not set, but otlp.proxy.user is
          otlp.proxy.password=hush | otlp.proxy.user | is not set, but otlp.proxy.password is
          """)
  void refusesHalfAProxy(String setting, String property, String problem) {
    InvalidOtlpPropertyException failure =
        refuses(property, problem, "Set both, or remove both.", setting);
    assertThat(failure.getMessage()).doesNotContain("hush");
  }

  @Test
  void refusesAProxyPortThatIsNone() {
    refuses(
        "otlp.proxy.port",
        "is not between 1 and 65535",
        "Write for example 3128.",
        "otlp.proxy.host=proxy",
        "otlp.proxy.port=65536");
  }

  @Test
  void refusesAHashWithoutASecret() {
    refuses(
        "otlp.events.redaction.hash-secret",
        "is not set, but otlp.events.redaction.hash names keys",
        "at least 16 characters",
        "otlp.events.redaction.hash=customer.id");
  }

  @Test
  void refusesAShortSecretWithoutShowingIt() {
    runner
        .withPropertyValues("otlp.events.redaction.hash-secret=hush")
        .run(
            context -> {
              Throwable failure = context.getStartupFailure();
              assertThat(failure)
                  .hasStackTraceContaining("hash-secret is shorter than 16 bytes")
                  .extracting(Throwables::getStackTrace)
                  .asString()
                  .doesNotContain("hush");
            });
  }

  @Test
  void showsNoSecretsAsText() {
    assertThat(new OtlpProperties.Proxy("proxy", 1, "me", "hush").toString())
        .doesNotContain("hush");
    assertThat(
            new OtlpProperties.Redaction(List.of(), List.of(), List.of(), "hush, hush, hush, hush")
                .toString())
        .doesNotContain("hush");
  }

  @Test
  void explainsWhereAWrongValueComesFrom() {
    MockEnvironment environment = new MockEnvironment();
    environment.setProperty("otlp.timeout", "0s");
    FailureAnalysis analysis =
        new InvalidOtlpPropertyFailureAnalyzer(environment)
            .analyze(
                new IllegalStateException(
                    new InvalidOtlpPropertyException(
                        "otlp.timeout", "0s", "is wrong", "Write 10s.")));
    assertThat(analysis).isNotNull();
    assertThat(analysis.getDescription())
        .startsWith("The property otlp.timeout with the value \"0s\" (from ")
        .endsWith(" is wrong.");
    assertThat(analysis.getAction()).isEqualTo("Write 10s.");
  }

  private InvalidOtlpPropertyException refuses(
      String property, String problem, String fix, String... settings) {
    InvalidOtlpPropertyException[] failure = new InvalidOtlpPropertyException[1];
    runner
        .withPropertyValues(settings)
        .run(
            context -> {
              assertThat(context).hasFailed();
              Throwable root =
                  NestedExceptionUtils.getMostSpecificCause(context.getStartupFailure());
              assertThat(root).isInstanceOf(InvalidOtlpPropertyException.class);
              failure[0] = (InvalidOtlpPropertyException) root;
            });
    assertThat(failure[0].getProperty()).isEqualTo(property);
    assertThat(failure[0].getProblem()).contains(problem);
    assertThat(failure[0].getFix()).contains(fix);
    return failure[0];
  }
}
