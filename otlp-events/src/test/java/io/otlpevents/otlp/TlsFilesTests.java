package io.otlpevents.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.otlpevents.otlp.TestAuthority.Leaf;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class TlsFilesTests {

  private static X509Certificate first;
  private static X509Certificate second;
  private static Leaf firstLeaf;
  private static Leaf secondLeaf;

  @TempDir Path directory;
  private final AtomicLong clock = new AtomicLong();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(OtlpSettings.class);
  private Path trust;
  private Path certificate;
  private Path key;

  @BeforeAll
  static void createAuthorities(@TempDir Path shared) throws Exception {
    TestAuthority one = TestAuthority.create(shared, "one");
    TestAuthority two = TestAuthority.create(shared, "two");
    first = one.certificate();
    second = two.certificate();
    firstLeaf = one.leaf("client", "EC");
    secondLeaf = two.leaf("client", "EC");
  }

  @BeforeEach
  void write() throws Exception {
    trust = directory.resolve("trust.pem");
    certificate = directory.resolve("client.pem");
    key = directory.resolve("client-key.pem");
    Files.writeString(trust, TestAuthority.pem(first));
    Files.writeString(certificate, TestAuthority.pem(firstLeaf.certificate()));
    Files.writeString(key, TestAuthority.pem(firstLeaf.key()));
    log.start();
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    logger.addAppender(log);
  }

  @AfterEach
  void detach() {
    logger.detachAppender(log);
    logger.setAdditive(true);
    logger.setLevel(null);
  }

  @Test
  void looksAtMostOnceASecond() throws Exception {
    OtlpSettings settings = trusting();
    TestAuthority.replace(trust, TestAuthority.pem(second));
    clock.set(TimeUnit.SECONDS.toNanos(1) - 1);
    assertThat(settings.trustManager().getAcceptedIssuers()).containsExactly(first);
    clock.incrementAndGet();
    assertThat(settings.trustManager().getAcceptedIssuers()).containsExactly(second);
  }

  @Test
  void trustsEveryCertificateOfTheFileAndPassesOverWhatIsNone() throws Exception {
    Files.writeString(
        trust,
        "Made by - someone\n"
            + TestAuthority.pem(first)
            + TestAuthority.pem(firstLeaf.key())
            + TestAuthority.pem(second).replace("\n", "\r\n"));
    assertThat(trusting().trustManager().getAcceptedIssuers())
        .containsExactlyInAnyOrder(first, second);
  }

  @Test
  void keepsWhatItHasWhileANewFileIsUnusableAndSaysSoOncePerChange() throws Exception {
    OtlpSettings settings = trusting();
    // Half written: with its first certificate whole.
    String both = TestAuthority.pem(second) + TestAuthority.pem(first);
    TestAuthority.replace(trust, both.substring(0, both.length() - 40));
    for (int i = 0; i < 5; i++) {
      assertThat(later(settings)).containsExactly(first);
    }
    assertThat(warnings()).isEqualTo(1);
    Files.delete(trust);
    for (int i = 0; i < 5; i++) {
      assertThat(later(settings)).containsExactly(first);
    }
    assertThat(warnings()).isEqualTo(2);
    TestAuthority.replace(trust, both);
    assertThat(later(settings)).containsExactlyInAnyOrder(first, second);
    assertThat(warnings()).isEqualTo(2);
  }

  @Test
  void usesANewCertificateOnlyTogetherWithItsKey() throws Exception {
    FileBacked<PrivateKey> files =
        new FileBacked<>(
            "client",
            List.of(certificate, key),
            () -> Pem.privateKey(key, Pem.certificates(certificate)[0]),
            clock::get);
    TestAuthority.replace(certificate, TestAuthority.pem(secondLeaf.certificate()));
    clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertThat(files.current()).isEqualTo(firstLeaf.key());
    TestAuthority.replace(key, TestAuthority.pem(secondLeaf.key()));
    clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertThat(files.current()).isEqualTo(secondLeaf.key());
    assertThat(warnings()).isEqualTo(1);
  }

  @Test
  void namesTheRoleOfAFileThatCannotBeUsed() throws Exception {
    Path missing = directory.resolve("missing.pem");
    assertThatThrownBy(() -> settings().trustCertificates(missing).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("trustCertificates");
    assertThatThrownBy(() -> settings().clientCertificate(missing, key).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("clientCertificate", "certificate file");
    assertThatThrownBy(() -> settings().clientCertificate(certificate, missing).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("clientCertificate", "key file");
    Files.writeString(key, TestAuthority.pem(secondLeaf.key()));
    assertThatThrownBy(() -> settings().clientCertificate(certificate, key).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not the key of the certificate");
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA"})
  void takesKeysInTheirOlderForms(String algorithm, @TempDir Path shared) throws Exception {
    Leaf leaf = TestAuthority.create(shared, "three").leaf("client", algorithm);
    Files.writeString(key, "Made by - someone\n" + TestAuthority.traditionalPem(leaf.key()));
    PrivateKey read = Pem.privateKey(key, leaf.certificate());
    assertThat(read).isEqualTo(leaf.key());
  }

  @Test
  void saysThatAnOlderFormIsEncrypted() throws Exception {
    String text = TestAuthority.traditionalPem(firstLeaf.key());
    Files.writeString(key, text.replaceFirst("\n", "\nProc-Type: 4,ENCRYPTED\n\n"));
    assertThatThrownBy(() -> settings().clientCertificate(certificate, key).build())
        .hasMessageContaining("encrypted")
        .hasMessageNotContaining(text.split("\n")[1]);
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY"})
  void saysWhichKeysItTakesAndRepeatsNone(String label) throws Exception {
    String text = TestAuthority.pem(firstLeaf.key()).replace("PRIVATE KEY", label);
    Files.writeString(key, text);
    assertThatThrownBy(() -> settings().clientCertificate(certificate, key).build())
        .hasMessageContaining("not one unencrypted key")
        .hasMessageNotContaining(text.split("\n")[1]);
  }

  @Test
  void refusesFilesBesideAContext() throws Exception {
    OtlpSettings other = trusting();
    assertThatThrownBy(
            () ->
                settings()
                    .ssl(SSLContext.getDefault(), other.trustManager())
                    .trustCertificates(trust)
                    .build())
        .isInstanceOf(IllegalArgumentException.class);
  }

  private X509Certificate[] later(OtlpSettings settings) {
    clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
    return settings.trustManager().getAcceptedIssuers();
  }

  private long warnings() {
    return log.list.stream().filter(event -> event.getLevel() == Level.WARN).count();
  }

  private OtlpSettings trusting() {
    return settings().trustCertificates(trust).build();
  }

  private OtlpSettings.Builder settings() {
    return OtlpSettings.builder(URI.create("https://127.0.0.1:4317")).nanoTime(clock::get);
  }
}
