package io.otlpevents.otlp;

import static io.otlpevents.otlp.RawServer.ascii;

import io.otlpevents.otlp.RawServer.Head;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP proxy that takes every host for this machine. */
final class TestProxy implements AutoCloseable {

  /** The request lines that were let through. */
  final List<String> passed = new CopyOnWriteArrayList<>();

  /** The request lines that lacked credentials. */
  final List<String> refused = new CopyOnWriteArrayList<>();

  private final ServerSocket server;
  private final String credentials;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /** Lets only those through whose header {@code Proxy-Authorization} is this; all if empty. */
  TestProxy(String credentials) throws IOException {
    this.credentials = credentials;
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    RawServer.daemon(this::accept);
  }

  InetSocketAddress address() {
    return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        open.add(client);
        RawServer.daemon(() -> handle(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void handle(Socket client) {
    try (client) {
      Head head = Head.read(client.getInputStream());
      String[] line = head.requestLine().split(" ");
      if (!credentials.isEmpty() && !credentials.equals(head.field("proxy-authorization"))) {
        head.body(client.getInputStream());
        refused.add(head.requestLine());
        client
            .getOutputStream()
            .write(
                ascii(
                    "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"p\"\r\n"
                        + "Content-Length: 0\r\nConnection: close\r\n\r\n"));
        return;
      }
      passed.add(head.requestLine());
      boolean tunnel = line[0].equals("CONNECT");
      URI target = URI.create(tunnel ? "tunnel://" + line[1] : line[1]);
      try (Socket upstream = new Socket(InetAddress.getLoopbackAddress(), target.getPort())) {
        open.add(upstream);
        if (tunnel) {
          client.getOutputStream().write(ascii("HTTP/1.1 200 Connected\r\n\r\n"));
        } else {
          String text = head.text().replaceFirst(line[1], target.getRawPath());
          upstream.getOutputStream().write(ascii(text));
        }
        RawServer.daemon(() -> pump(client, upstream));
        upstream.getInputStream().transferTo(client.getOutputStream());
      }
    } catch (IOException e) {
      // One of both has gone.
    }
  }

  private static void pump(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      // One of both has gone.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
