package io.otlpevents.otlp;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whom to trust and who we are, from files. New handshakes follow the files; connections that stand
 * stay as they are.
 */
final class TlsFiles {

  /** Keys in memory only need none, but the interfaces ask for one. */
  private static final char[] NO_PASSWORD = {};

  private final SSLContext context;
  private final X509ExtendedTrustManager trustManager;

  /**
   * Reads the files.
   *
   * @param trusted certificates to trust; null for those of the JVM
   * @param client our certificate and key; null for none
   * @throws IllegalArgumentException if a file is unusable, naming its role
   */
  TlsFiles(@Nullable Path trusted, @Nullable ClientFiles client, LongSupplier nanoTime) {
    try {
      this.trustManager = trusted == null ? trust(null) : current(trusted, nanoTime);
      this.context = SSLContext.getInstance("TLS");
      context.init(
          client == null ? null : new KeyManager[] {identity(client, nanoTime)},
          new TrustManager[] {trustManager},
          null);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("the JVM's TLS cannot be used", e);
    }
    // A resumed session asks neither manager, so it must not outlive a look at the files.
    context.getClientSessionContext().setSessionTimeout(1);
  }

  SSLContext context() {
    return context;
  }

  X509ExtendedTrustManager trustManager() {
    return trustManager;
  }

  private static CurrentTrust current(Path trusted, LongSupplier nanoTime) {
    return new CurrentTrust(
        new FileBacked<>(
            "trustCertificates",
            List.of(trusted),
            () -> trust(Pem.certificates(trusted)),
            nanoTime));
  }

  private static CurrentIdentity identity(ClientFiles client, LongSupplier nanoTime) {
    AtomicLong generation = new AtomicLong();
    return new CurrentIdentity(
        new FileBacked<>(
            "clientCertificate",
            List.of(client.certificate(), client.key()),
            () -> Identity.read(client, "generation-" + generation.incrementAndGet()),
            nanoTime));
  }

  private static X509ExtendedTrustManager trust(X509Certificate @Nullable [] certificates)
      throws GeneralSecurityException, IOException {
    KeyStore store = null;
    if (certificates != null) {
      store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (int i = 0; i < certificates.length; i++) {
        store.setCertificateEntry("trusted-" + i, certificates[i]);
      }
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509ExtendedTrustManager found) {
        return found;
      }
    }
    throw new CertificateException("no X.509 trust manager");
  }

  /** Our certificates in one file, the key of the first in another. */
  record ClientFiles(Path certificate, Path key) {}

  /** Who we are: the content of both files at one time, and its name. */
  private record Identity(String alias, X509ExtendedKeyManager manager) {

    static Identity read(ClientFiles files, String alias)
        throws GeneralSecurityException, IOException {
      X509Certificate[] chain;
      try {
        chain = Pem.certificates(files.certificate());
      } catch (IOException | GeneralSecurityException e) {
        throw new CertificateException("certificate file: " + e, e);
      }
      PrivateKey key;
      try {
        key = Pem.privateKey(files.key(), chain[0]);
      } catch (IOException | GeneralSecurityException e) {
        throw new CertificateException("key file: " + e, e);
      }
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(alias, key, NO_PASSWORD, chain);
      // Not PKIX, which gives aliases names of its own.
      KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
      factory.init(store, NO_PASSWORD);
      for (KeyManager manager : factory.getKeyManagers()) {
        if (manager instanceof X509ExtendedKeyManager found) {
          return new Identity(alias, found);
        }
      }
      throw new CertificateException("no X.509 key manager");
    }
  }

  private static final class CurrentTrust extends X509ExtendedTrustManager {

    private final FileBacked<X509ExtendedTrustManager> files;

    CurrentTrust(FileBacked<X509ExtendedTrustManager> files) {
      this.files = files;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      files.current().checkClientTrusted(chain, type, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      files.current().checkServerTrusted(chain, type, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      files.current().checkClientTrusted(chain, type, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      files.current().checkServerTrusted(chain, type, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      files.current().checkClientTrusted(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      files.current().checkServerTrusted(chain, type);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return files.current().getAcceptedIssuers();
    }
  }

  /**
   * A handshake asks three times: for a name, then for the key and the certificates of that name.
   * The names are new for new files, and the last two are known, so that a change in between mixes
   * nothing.
   */
  private static final class CurrentIdentity extends X509ExtendedKeyManager {

    private final FileBacked<Identity> files;

    /** The newest last; guarded by itself. */
    private final List<Identity> known = new ArrayList<>();

    CurrentIdentity(FileBacked<Identity> files) {
      this.files = files;
    }

    private X509ExtendedKeyManager newest() {
      synchronized (known) {
        Identity current = files.current();
        if (!known.contains(current)) {
          known.add(current);
        }
        if (known.size() > 2) {
          known.remove(0);
        }
        return current.manager();
      }
    }

    private @Nullable X509ExtendedKeyManager named(String alias) {
      synchronized (known) {
        for (Identity identity : known) {
          if (identity.alias().equals(alias)) {
            return identity.manager();
          }
        }
        return null;
      }
    }

    @Override
    public @Nullable String chooseClientAlias(
        String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return newest().chooseClientAlias(keyTypes, issuers, socket);
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
        String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
      return newest().chooseEngineClientAlias(keyTypes, issuers, engine);
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
      return newest().getClientAliases(keyType, issuers);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
      X509ExtendedKeyManager manager = named(alias);
      return manager == null ? null : manager.getCertificateChain(alias);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
      X509ExtendedKeyManager manager = named(alias);
      return manager == null ? null : manager.getPrivateKey(alias);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
      return null;
    }

    @Override
    public @Nullable String chooseServerAlias(
        String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return null;
    }
  }
}
