package io.otlpevents.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/**
 * PEM files of a server on 127.0.0.1 and of a client, each of which vouches for itself; made by the
 * JDK's keytool.
 */
record Certificates(Path server, Path serverKey, Path client, Path clientKey) {

  private static final String PASSWORD = "changeit";

  static Certificates create(Path directory) throws Exception {
    Path store = directory.resolve("certificates.p12");
    generate(store, "server", "EC");
    generate(store, "client", "RSA");
    KeyStore loaded = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    return new Certificates(
        certificate(loaded, "server", directory),
        key(loaded, "server", directory),
        certificate(loaded, "client", directory),
        key(loaded, "client", directory));
  }

  private static void generate(Path store, String alias, String algorithm) throws Exception {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                algorithm,
                "-dname",
                "CN=" + alias,
                "-ext",
                "san=ip:127.0.0.1",
                // Go takes no certificate for its own authority that does not say so.
                "-ext",
                "bc:c",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .start();
    keytool.getOutputStream().close();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
      throw new IOException("keytool: " + said);
    }
  }

  private static Path certificate(KeyStore store, String alias, Path directory) throws Exception {
    return write(
        directory.resolve(alias + ".pem"), "CERTIFICATE", store.getCertificate(alias).getEncoded());
  }

  private static Path key(KeyStore store, String alias, Path directory) throws Exception {
    return write(
        directory.resolve(alias + "-key.pem"),
        "PRIVATE KEY",
        store.getKey(alias, PASSWORD.toCharArray()).getEncoded());
  }

  private static Path write(Path file, String label, byte[] der) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return Files.writeString(
        file, "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, text, label));
  }
}
