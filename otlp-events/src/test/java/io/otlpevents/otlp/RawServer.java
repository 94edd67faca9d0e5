package io.otlpevents.otlp;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A socket on a loopback port, each connection handled as told. */
final class RawServer implements AutoCloseable {

  static final byte[] OK =
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  /** What happens to the next connections; afterwards requests are answered with success. */
  final BlockingQueue<Behaviour> behaviours = new LinkedBlockingQueue<>();

  /** Bodies of the requests that were answered with success. */
  final List<byte[]> bodies = new CopyOnWriteArrayList<>();

  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();

  RawServer() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    daemon(this::accept);
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort());
  }

  int connections() {
    return connections.get();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        open.add(socket);
        connections.incrementAndGet();
        Behaviour next = behaviours.poll();
        Behaviour behaviour = next == null ? this::answer : next;
        daemon(() -> handle(socket, behaviour));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void handle(Socket socket, Behaviour behaviour) {
    try {
      behaviour.handle(socket);
    } catch (IOException e) {
      // The client gave up, as some tests want it to.
    }
  }

  private void answer(Socket socket) throws IOException {
    Head head = Head.read(socket.getInputStream());
    bodies.add(head.body(socket.getInputStream()));
    socket.getOutputStream().write(OK);
    socket.close();
  }

  static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "raw-server");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }

  /** What to do with a connection. */
  @FunctionalInterface
  interface Behaviour {
    void handle(Socket socket) throws IOException;
  }

  /** The request line and the header of a request. */
  record Head(String text) {

    static Head read(InputStream in) throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      int ends = 0;
      while (ends < 4) {
        int next = in.read();
        if (next < 0) {
          throw new EOFException();
        }
        bytes.write(next);
        ends = next == (ends % 2 == 0 ? '\r' : '\n') ? ends + 1 : next == '\r' ? 1 : 0;
      }
      return new Head(bytes.toString(StandardCharsets.US_ASCII));
    }

    String requestLine() {
      return text.substring(0, text.indexOf('\r'));
    }

    /** A field's value, empty if there is none. */
    String field(String name) {
      return text.lines()
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
          .map(line -> line.substring(name.length() + 1).strip())
          .findFirst()
          .orElse("");
    }

    byte[] body(InputStream in) throws IOException {
      String length = field("content-length");
      return in.readNBytes(length.isEmpty() ? 0 : Integer.parseInt(length));
    }
  }
}
