package io.otlpevents.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * A bundle as it is at present: new connections are made by the newest one that could be used,
 * connections that stand stay as they are.
 */
final class ReloadedBundle {

  private static final Log logger = LogFactory.getLog(ReloadedBundle.class);

  private final String name;
  private volatile Content content;

  private ReloadedBundle(String name, SslBundle bundle) {
    this.name = name;
    this.content = Content.of(bundle);
  }

  static ReloadedBundle of(SslBundles bundles, String name) {
    ReloadedBundle reloaded = new ReloadedBundle(name, bundles.getBundle(name));
    bundles.addBundleUpdateHandler(name, reloaded::replace);
    return reloaded;
  }

  private void replace(SslBundle bundle) {
    try {
      content = Content.of(bundle);
      logger.info("SSL bundle '" + name + "': changed, and in use for events from now on");
    } catch (RuntimeException e) {
      logger.warn(
          "SSL bundle '"
              + name
              + "': changed, but cannot be used; the earlier one stays in use for events: "
              + e);
    }
  }

  SSLContext context() {
    SSLContext first = content.context();
    return new SSLContext(new Spi(), first.getProvider(), first.getProtocol()) {};
  }

  X509TrustManager trustManager() {
    return new CurrentTrust();
  }

  private record Content(SSLContext context, X509TrustManager trustManager) {

    static Content of(SslBundle bundle) {
      for (TrustManager manager : bundle.getManagers().getTrustManagers()) {
        if (manager instanceof X509TrustManager x509) {
          return new Content(bundle.createSslContext(), x509);
        }
      }
      throw new IllegalStateException("The SSL bundle has no trust manager for X.509");
    }
  }

  /**
   * For those who want to see whom the context trusts. Handshakes do not ask it but the trust
   * manager within the context, so it need not check host names.
   */
  private final class CurrentTrust implements X509TrustManager {

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      content.trustManager().checkClientTrusted(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      content.trustManager().checkServerTrusted(chain, type);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return content.trustManager().getAcceptedIssuers();
    }
  }

  private final class Spi extends SSLContextSpi {

    @Override
    protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
        throws KeyManagementException {
      throw new KeyManagementException("initialised by its bundle");
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      return new Sockets();
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      return content.context().getServerSocketFactory();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      return content.context().createSSLEngine();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
      return content.context().createSSLEngine(host, port);
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      return content.context().getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      return content.context().getClientSessionContext();
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
      return content.context().getDefaultSSLParameters();
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
      return content.context().getSupportedSSLParameters();
    }
  }

  private final class Sockets extends SSLSocketFactory {

    private SSLSocketFactory current() {
      return content.context().getSocketFactory();
    }

    @Override
    public String[] getDefaultCipherSuites() {
      return current().getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
      return current().getSupportedCipherSuites();
    }

    @Override
    public Socket createSocket() throws IOException {
      return current().createSocket();
    }

    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
        throws IOException {
      return current().createSocket(socket, host, port, autoClose);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
      return current().createSocket(host, port);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
        throws IOException {
      return current().createSocket(host, port, localHost, localPort);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
      return current().createSocket(host, port);
    }

    @Override
    public Socket createSocket(
        InetAddress address, int port, InetAddress localAddress, int localPort) throws IOException {
      return current().createSocket(address, port, localAddress, localPort);
    }
  }
}
