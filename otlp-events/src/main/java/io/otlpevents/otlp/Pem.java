package io.otlpevents.otlp;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Reads certificates and keys in text form. Messages of its exceptions repeat nothing of a key.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7468">RFC 7468</a>
 */
final class Pem {

  private Pem() {}

  /** The certificates of a file, one at least; other things in it are passed over. */
  static X509Certificate[] certificates(Path file) throws IOException, GeneralSecurityException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> certificates = new ArrayList<>();
    for (byte[] der : blocks(file, "CERTIFICATE")) {
      if (factory.generateCertificate(new ByteArrayInputStream(der))
          instanceof X509Certificate certificate) {
        certificates.add(certificate);
      }
    }
    if (certificates.isEmpty()) {
      throw new CertificateException("no certificate in " + file);
    }
    return certificates.toArray(new X509Certificate[0]);
  }

  /** The one private key of a file, which must belong to this certificate. */
  static PrivateKey privateKey(Path file, X509Certificate certificate)
      throws IOException, GeneralSecurityException {
    List<byte[]> blocks = blocks(file, "PRIVATE KEY");
    if (blocks.size() != 1) {
      throw new InvalidKeyException(
          "not one unencrypted PKCS#8 key (BEGIN PRIVATE KEY) in " + file);
    }
    PublicKey other = certificate.getPublicKey();
    String signing =
        switch (other.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> throw new InvalidKeyException("neither RSA nor EC: " + other.getAlgorithm());
        };
    PrivateKey key;
    try {
      key =
          KeyFactory.getInstance(other.getAlgorithm())
              .generatePrivate(new PKCS8EncodedKeySpec(blocks.get(0)));
    } catch (GeneralSecurityException e) {
      throw new InvalidKeyException("not a key for the certificate: " + file);
    }
    byte[] probe = new byte[32];
    new SecureRandom().nextBytes(probe);
    Signature signature = Signature.getInstance(signing);
    signature.initSign(key);
    signature.update(probe);
    byte[] signed = signature.sign();
    signature.initVerify(other);
    signature.update(probe);
    // While files are replaced one after the other, they do not match.
    if (!signature.verify(signed)) {
      throw new InvalidKeyException("not the key of the certificate: " + file);
    }
    return key;
  }

  private static List<byte[]> blocks(Path file, String label)
      throws IOException, CertificateException {
    String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    String begin = "-----BEGIN " + label + "-----";
    String end = "-----END " + label + "-----";
    List<byte[]> blocks = new ArrayList<>();
    int at = text.indexOf(begin);
    while (at >= 0) {
      int from = at + begin.length();
      int to = text.indexOf(end, from);
      if (to < 0) {
        // Probably still being written; to take the rest would drop the last one.
        throw new CertificateException("no end of a block in " + file);
      }
      try {
        blocks.add(Base64.getDecoder().decode(text.substring(from, to).replaceAll("\\s", "")));
      } catch (IllegalArgumentException e) {
        throw new CertificateException("not Base64 in " + file);
      }
      at = text.indexOf(begin, to);
    }
    return blocks;
  }
}
