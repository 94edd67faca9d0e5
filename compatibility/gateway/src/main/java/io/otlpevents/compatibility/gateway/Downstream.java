package io.otlpevents.compatibility.gateway;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server behind the gateway that keeps the lines of its requests as they arrive. */
final class Downstream implements AutoCloseable {

  private final ServerSocket server;
  private final List<List<String>> requests = new CopyOnWriteArrayList<>();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();

  Downstream() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::accept, "downstream");
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return server.getLocalPort();
  }

  /** Answers the next request with an error. */
  void failOnce() {
    failures.add("503 Service Unavailable");
  }

  void clear() {
    requests.clear();
    failures.clear();
  }

  int count() {
    return requests.size();
  }

  /** The values of a header of one request, line by line. */
  List<String> header(int request, String name) {
    List<String> values = new ArrayList<>();
    for (String line : requests.get(request)) {
      if (line.regionMatches(true, 0, name + ":", 0, name.length() + 1)) {
        values.add(line.substring(name.length() + 1).strip());
      }
    }
    return values;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread thread = new Thread(() -> serve(socket), "downstream-connection");
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      List<String> lines = new ArrayList<>();
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        lines.add(line);
      }
      if (lines.isEmpty()) {
        return; // A connection that was opened ahead of need.
      }
      requests.add(lines);
      String failure = failures.poll();
      String answer =
          "HTTP/1.1 "
              + (failure == null ? "200 OK" : failure)
              + "\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
      socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
    } catch (IOException e) {
      requests.add(List.of("broken: " + e));
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
