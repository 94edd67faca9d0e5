package io.otlpevents.autoconfigure;

import io.otlpevents.otlp.OtlpEnvironment;
import io.otlpevents.otlp.OtlpSettings;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.io.ApplicationResourceLoader;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.NestedExceptionUtils;

/**
 * Whom to trust and what to present: a bundle, or files. Of the certificate to trust the property
 * wins over OpenTelemetry's variables, and so does the pair of client certificate and key; a bundle
 * wins over all variables.
 *
 * @param bundle name of the bundle
 * @param certificate what to trust
 * @param clientCertificate what to present; set if and only if its key is
 * @param clientKey the key of what is presented
 */
record ReceiverTls(
    @Nullable String bundle,
    @Nullable Source certificate,
    @Nullable Source clientCertificate,
    @Nullable Source clientKey) {

  static final ReceiverTls NONE = new ReceiverTls(null, null, null, null);

  /**
   * A file and the setting that names it.
   *
   * @param setting a property or a variable
   */
  record Source(String setting, String location) {}

  /**
   * What applies to this receiver; of variables nothing where nothing is encrypted, for they may be
   * meant for other signals.
   *
   * @param names the variable that was read, by the end of its name
   */
  static ReceiverTls of(
      OtlpProperties.Ssl ssl,
      OtlpEnvironment variables,
      UnaryOperator<String> names,
      URI endpoint) {
    boolean encrypted = "https".equalsIgnoreCase(endpoint.getScheme());
    if (ssl.bundle() != null) {
      requireEncrypted(encrypted, "otlp.ssl.bundle", ssl.bundle());
      return new ReceiverTls(ssl.bundle(), null, null, null);
    }
    Source certificate = source("otlp.ssl.certificate", ssl.certificate(), encrypted);
    Source clientCertificate =
        source("otlp.ssl.client-certificate", ssl.clientCertificate(), encrypted);
    Source clientKey = source("otlp.ssl.client-key", ssl.clientKey(), encrypted);
    if (!encrypted) {
      return NONE;
    }
    if (certificate == null && variables.certificate() != null) {
      certificate = new Source(names.apply("CERTIFICATE"), variables.certificate());
    }
    String otherCertificate = variables.clientCertificate();
    String otherKey = variables.clientKey();
    if (clientKey == null && (otherCertificate != null || otherKey != null)) {
      if (otherCertificate == null || otherKey == null) {
        String set = otherKey == null ? "CLIENT_CERTIFICATE" : "CLIENT_KEY";
        throw new InvalidOtlpPropertyException(
            names.apply(otherKey == null ? "CLIENT_KEY" : "CLIENT_CERTIFICATE"),
            null,
            "is not set, but " + names.apply(set) + " is",
            "Set both, or remove both.");
      }
      clientCertificate = new Source(names.apply("CLIENT_CERTIFICATE"), otherCertificate);
      clientKey = new Source(names.apply("CLIENT_KEY"), otherKey);
    }
    return new ReceiverTls(null, certificate, clientCertificate, clientKey);
  }

  private static @Nullable Source source(
      String property, @Nullable String location, boolean encrypted) {
    if (location == null) {
      return null;
    }
    requireEncrypted(encrypted, property, location);
    return new Source(property, location);
  }

  private static void requireEncrypted(boolean encrypted, String property, String value) {
    if (!encrypted) {
      throw new InvalidOtlpPropertyException(
          property,
          value,
          "would not be used, because otlp.endpoint does not begin with https://",
          "Set otlp.endpoint to an https address, or remove " + property + ".");
    }
  }

  /** Sets it where requests are sent; files and bundles are followed when they change. */
  void applyTo(OtlpSettings.Builder settings, URI endpoint, ObjectProvider<SslBundles> bundles) {
    if (bundle != null) {
      ReloadedBundle reloaded = reloaded(bundles, bundle);
      settings.ssl(reloaded.context(), reloaded.trustManager());
    }
    if (certificate != null) {
      Path file = file(certificate);
      check(OtlpSettings.builder(endpoint).trustCertificates(file), certificate, certificate);
      settings.trustCertificates(file);
    }
    if (clientCertificate != null && clientKey != null) {
      Path certificateFile = file(clientCertificate);
      Path keyFile = file(clientKey);
      check(
          OtlpSettings.builder(endpoint).clientCertificate(certificateFile, keyFile),
          clientCertificate,
          clientKey);
      settings.clientCertificate(certificateFile, keyFile);
    }
  }

  private static ReloadedBundle reloaded(ObjectProvider<SslBundles> bundles, String name) {
    String property = "otlp.ssl.bundle";
    try {
      return ReloadedBundle.of(bundles.getObject(), name);
    } catch (NoSuchSslBundleException e) {
      throw new InvalidOtlpPropertyException(
          property,
          name,
          "names an SSL bundle that does not exist",
          "Define it below spring.ssl.bundle.pem."
              + name
              + " or spring.ssl.bundle.jks."
              + name
              + ".",
          e);
    } catch (RuntimeException e) {
      throw new InvalidOtlpPropertyException(
          property,
          name,
          "names an SSL bundle that cannot be used ("
              + NestedExceptionUtils.getMostSpecificCause(e)
              + ")",
          "Correct the files and passwords below spring.ssl.bundle.",
          e);
    }
  }

  private static Path file(Source source) {
    try {
      File file =
          ApplicationResourceLoader.get(ReceiverTls.class.getClassLoader())
              .getResource(source.location())
              .getFile();
      if (file.isFile() && Files.isReadable(file.toPath())) {
        return file.toPath().toAbsolutePath();
      }
    } catch (IOException | RuntimeException e) {
      // No file, for instance because it is within a jar.
    }
    throw new InvalidOtlpPropertyException(
        source.setting(),
        source.location(),
        "names no file that exists and can be read",
        "Write the path of a PEM file.");
  }

  /** Reads files of one kind alone, so that a mistake is told with the setting that made it. */
  private static void check(OtlpSettings.Builder probe, Source certificate, Source key) {
    try {
      probe.build();
    } catch (IllegalArgumentException e) {
      Throwable root = e;
      boolean aboutKey = false;
      while (root.getCause() != null) {
        root = root.getCause();
        aboutKey |= String.valueOf(root.getMessage()).startsWith("key file");
      }
      Source source = aboutKey ? key : certificate;
      throw new InvalidOtlpPropertyException(
          source.setting(),
          source.location(),
          "cannot be used: " + root.getMessage(),
          source.equals(certificate)
              ? "Write the path of a PEM file that has a certificate."
              : "Write the path of the PEM file with the unencrypted key of the certificate.");
    }
  }
}
