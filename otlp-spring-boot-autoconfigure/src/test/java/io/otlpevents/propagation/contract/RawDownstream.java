package io.otlpevents.propagation.contract;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/** A server that keeps the header lines of its requests as they arrive. */
public final class RawDownstream implements AutoCloseable {

  private static final byte[] ANSWER =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
          .getBytes(StandardCharsets.ISO_8859_1);

  private final ServerSocket server;
  private final List<List<String>> requests = new CopyOnWriteArrayList<>();

  public RawDownstream() {
    try {
      server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    Thread thread = new Thread(this::accept, "downstream");
    thread.setDaemon(true);
    thread.start();
  }

  public String url() {
    return "http://localhost:" + server.getLocalPort() + "/";
  }

  public void clear() {
    requests.clear();
  }

  public int count() {
    return requests.size();
  }

  /** The values of a header of one request, in their order. */
  public List<String> header(int request, String name) {
    Pattern prefix = Pattern.compile("(?i)" + Pattern.quote(name) + ":");
    List<String> values = new ArrayList<>();
    for (String line : requests.get(request)) {
      if (prefix.matcher(line).lookingAt()) {
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
      requests.add(lines);
      socket.getOutputStream().write(ANSWER);
      socket.getOutputStream().flush();
    } catch (IOException e) {
      // The client sees it, too.
      requests.add(List.of("broken: " + e));
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
