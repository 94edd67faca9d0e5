package io.otlpevents.propagation.contract;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Writes a request byte for byte, so that nothing tidies its headers up. */
public final class RawRequest {

  private RawRequest() {}

  /**
   * Sends a request and waits for the end of its response.
   *
   * @param headerLines without line ends
   * @return the whole response
   */
  public static String get(int port, String path, String... headerLines) {
    StringBuilder text = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n");
    for (String line : headerLines) {
      text.append(line).append("\r\n");
    }
    text.append("Connection: close\r\n\r\n");
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(text.toString().getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
