package io.otlpevents.otlp;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** A certificate authority made by the JDK's keytool. */
final class TestAuthority {

  private static final char[] PASSWORD = "changeit".toCharArray();

  private final String name;
  private final Path store;

  private TestAuthority(String name, Path store) {
    this.name = name;
    this.store = store;
  }

  static TestAuthority create(Path directory, String name) throws Exception {
    TestAuthority authority = new TestAuthority(name, directory.resolve(name + ".p12"));
    authority.generate(name, "EC", "-ext", "bc:c");
    return authority;
  }

  X509Certificate certificate() throws GeneralSecurityException, IOException {
    return (X509Certificate) load().getCertificate(name);
  }

  /** A certificate for a server on 127.0.0.1 or a client, signed by this authority. */
  Leaf leaf(String leaf, String algorithm) throws Exception {
    generate(leaf, algorithm, "-signer", name, "-ext", "san=ip:127.0.0.1");
    KeyStore loaded = load();
    return new Leaf(
        (PrivateKey) loaded.getKey(leaf, PASSWORD), (X509Certificate) loaded.getCertificate(leaf));
  }

  private void generate(String alias, String algorithm, String... more) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                algorithm,
                "-dname",
                "CN=" + alias,
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                store.toString()));
    command.addAll(Arrays.asList(more));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException("keytool: " + said);
    }
  }

  private KeyStore load() throws GeneralSecurityException, IOException {
    KeyStore loaded = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      loaded.load(in, PASSWORD);
    }
    return loaded;
  }

  static String pem(X509Certificate certificate) throws GeneralSecurityException {
    return block("CERTIFICATE", certificate.getEncoded());
  }

  static String pem(PrivateKey key) {
    return block("PRIVATE KEY", key.getEncoded());
  }

  /** In the older form that OpenSSL calls traditional: PKCS#1 or SEC 1. */
  static String traditionalPem(PrivateKey key) {
    byte[] pkcs8 = key.getEncoded();
    // Version, algorithm, and in an octet string what is wanted; all with lengths.
    int algorithm = inside(pkcs8, 0) + 3;
    int octets = inside(pkcs8, algorithm) + pkcs8[inside(pkcs8, algorithm) - 1];
    return block(
        key.getAlgorithm() + " PRIVATE KEY",
        Arrays.copyOfRange(pkcs8, inside(pkcs8, octets), pkcs8.length));
  }

  private static int inside(byte[] der, int element) {
    int length = der[element + 1];
    return element + 2 + (length < 0 ? length & 0x7F : 0);
  }

  private static String block(String label, byte[] der) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }

  /** Replaces a file in one step, as careful tools do. */
  static void replace(Path file, String text) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.writeString(next, text);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** A certificate and its key. */
  record Leaf(PrivateKey key, X509Certificate certificate) {

    /** A server with this certificate that asks nobody for another. */
    ServerTls server() {
      return new ServerTls(this, List.of());
    }

    /** A server with this certificate that refuses clients without one of this authority's. */
    ServerTls serverFor(X509Certificate clientAuthority) {
      return new ServerTls(this, List.of(clientAuthority));
    }
  }

  /**
   * How a test server encrypts.
   *
   * @param clientAuthorities whose certificates clients must have; empty if they need none
   */
  record ServerTls(Leaf leaf, List<X509Certificate> clientAuthorities) {

    SSLContext context() throws GeneralSecurityException, IOException {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(null, null);
      keys.setKeyEntry("server", leaf.key(), PASSWORD, new X509Certificate[] {leaf.certificate()});
      KeyManagerFactory keyManagers = KeyManagerFactory.getInstance("SunX509");
      keyManagers.init(keys, PASSWORD);
      TrustManager[] trust = null;
      if (!clientAuthorities.isEmpty()) {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("clients", clientAuthorities.get(0));
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(trusted);
        trust = factory.getTrustManagers();
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keyManagers.getKeyManagers(), trust, new SecureRandom());
      return context;
    }
  }
}
