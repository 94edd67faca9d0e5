package io.otlpevents.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslManagerBundle;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class ReloadedBundleTests {

  @Test
  void keepsTheEarlierContentWhileANewOneCannotBeUsed(
      @TempDir Path directory, CapturedOutput output) throws Exception {
    TestCertificates first = TestCertificates.create(directory, "first");
    TestCertificates second = TestCertificates.create(directory, "second");
    DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry("tls", bundle(trusting(first)));
    ReloadedBundle reloaded = ReloadedBundle.of(bundles, "tls");

    bundles.updateBundle("tls", bundle(new Damaged()));
    assertThat(reloaded.trustManager().getAcceptedIssuers()).containsExactly(first.certificate());
    assertThat(output).contains("changed, but cannot be used; the earlier one stays in use");

    bundles.updateBundle("tls", bundle(trusting(second)));
    assertThat(reloaded.trustManager().getAcceptedIssuers()).containsExactly(second.certificate());
  }

  private static SslManagerBundle trusting(TestCertificates certificates) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("trusted", certificates.certificate());
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    return SslManagerBundle.from(factory);
  }

  private static SslBundle bundle(SslManagerBundle managers) {
    return SslBundle.of(
        SslStoreBundle.NONE,
        SslBundleKey.NONE,
        SslOptions.NONE,
        SslBundle.DEFAULT_PROTOCOL,
        managers);
  }

  /** As one whose files are. */
  private static final class Damaged implements SslManagerBundle {

    @Override
    public KeyManagerFactory getKeyManagerFactory() {
      throw new IllegalStateException("damaged");
    }

    @Override
    public TrustManagerFactory getTrustManagerFactory() {
      throw new IllegalStateException("damaged");
    }
  }
}
