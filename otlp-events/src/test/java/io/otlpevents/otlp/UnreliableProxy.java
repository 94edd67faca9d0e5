package io.otlpevents.otlp;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/** Stands between a sender and a receiver on the loopback, and fails as networks do. */
final class UnreliableProxy implements AutoCloseable {

  // Not among those that systems give to outgoing connections: one of these would otherwise take
  // the port while the proxy is down.
  private static final int FIRST_PORT = 20_000;
  private static final int PORTS = 10_000;

  private final int target;
  private final int port;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile ServerSocket server;
  private volatile long delayNanos;
  private volatile Thread accepting;

  UnreliableProxy(URI receiver) throws IOException {
    this.target = receiver.getPort();
    int free = FIRST_PORT + ThreadLocalRandom.current().nextInt(PORTS);
    ServerSocket bound = null;
    while (bound == null) {
      try {
        bound = listen(free);
      } catch (BindException e) {
        free = FIRST_PORT + ThreadLocalRandom.current().nextInt(PORTS);
      }
    }
    this.server = bound;
    this.port = free;
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** Nobody listens any more, and what was connected is cut. */
  void down() throws IOException {
    server.close();
    reset();
  }

  boolean isDown() {
    return server.isClosed();
  }

  void up() throws IOException {
    if (server.isClosed()) {
      // The port is free only when nobody waits at the closed socket any more.
      awaitEnd(accepting);
      server = listen(port);
    }
  }

  /** Cuts every connection, whatever is under way. */
  void reset() {
    for (Socket socket : sockets) {
      cut(socket);
    }
  }

  /** Each piece of data takes this long. */
  void slow(long nanos) {
    delayNanos = nanos;
  }

  @Override
  public void close() throws IOException {
    down();
  }

  private ServerSocket listen(int on) throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), on), 50);
    accepting = start(() -> accept(socket));
    return socket;
  }

  private void accept(ServerSocket from) {
    while (!from.isClosed()) {
      try {
        Socket client = from.accept();
        Socket receiver = new Socket();
        sockets.add(client);
        sockets.add(receiver);
        receiver.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
        start(() -> pump(client, receiver));
        start(() -> pump(receiver, client));
        if (from.isClosed()) {
          reset();
        }
      } catch (IOException e) {
        // Closed, or the receiver is: the next turn tells.
        continue;
      }
    }
  }

  private void pump(Socket from, Socket to) {
    byte[] piece = new byte[4096];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
        long delay = delayNanos;
        if (delay > 0) {
          LockSupport.parkNanos(delay);
        }
        out.write(piece, 0, count);
      }
    } catch (IOException e) {
      // As it happens.
    } finally {
      cut(from);
      cut(to);
    }
  }

  /** With a reset rather than an orderly end. */
  private void cut(Socket socket) {
    sockets.remove(socket);
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      // Closed already.
    }
    try {
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Thread start(Runnable task) {
    Thread thread = new Thread(task, "unreliable-proxy");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void awaitEnd(Thread thread) {
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
