package io.otlpevents.otlp;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
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
import java.util.Arrays;
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
    PublicKey other = certificate.getPublicKey();
    List<byte[]> keys = new ArrayList<>(blocks(file, "PRIVATE KEY"));
    // PKCS#1 and SEC 1: the content of PKCS#8 without its frame.
    for (byte[] bare : blocks(file, other.getAlgorithm() + " PRIVATE KEY")) {
      keys.add(framed(bare, other));
    }
    if (keys.size() != 1) {
      throw new InvalidKeyException(
          "not one unencrypted key of the certificate's kind (BEGIN PRIVATE KEY or BEGIN "
              + other.getAlgorithm()
              + " PRIVATE KEY) in "
              + file);
    }
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
              .generatePrivate(new PKCS8EncodedKeySpec(keys.get(0)));
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

  /** PKCS#8: a version, the algorithm as the certificate names it, and the key. */
  private static byte[] framed(byte[] key, PublicKey other) {
    byte[] encoded = other.getEncoded();
    int from = contentAt(encoded, 0);
    int to = contentAt(encoded, from) + contentLength(encoded, from);
    byte[] algorithm = Arrays.copyOfRange(encoded, from, to);
    return element(0x30, element(0x02, new byte[1]), algorithm, element(0x04, key));
  }

  private static int contentAt(byte[] der, int element) {
    int length = der[element + 1];
    return element + 2 + (length < 0 ? length & 0x7F : 0);
  }

  private static int contentLength(byte[] der, int element) {
    int length = der[element + 1];
    if (length >= 0) {
      return length;
    }
    int at = element + 2;
    return new BigInteger(1, Arrays.copyOfRange(der, at, at + (length & 0x7F))).intValueExact();
  }

  private static byte[] element(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream element = new ByteArrayOutputStream();
    element.write(tag);
    if (content.size() < 0x80) {
      element.write(content.size());
    } else {
      // The shortest form, as the JDK insists on; its first byte is not zero or only a sign.
      byte[] length = BigInteger.valueOf(content.size()).toByteArray();
      int sign = length[0] == 0 ? 1 : 0;
      element.write(0x80 | length.length - sign);
      element.write(length, sign, length.length - sign);
    }
    element.writeBytes(content.toByteArray());
    return element.toByteArray();
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
        throw new CertificateException("not Base64, or encrypted: " + file);
      }
      at = text.indexOf(begin, to);
    }
    return blocks;
  }
}
