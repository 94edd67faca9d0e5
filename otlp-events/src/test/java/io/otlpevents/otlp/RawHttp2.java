package io.otlpevents.otlp;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * As much of an HTTP/2 server as it takes to answer a request as no server should.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9113#section-4.1">RFC 9113, 4.1</a>
 */
final class RawHttp2 {

  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;

  static final int END_STREAM = 1;
  private static final int ACK = 1;
  private static final int END_HEADERS = 4;
  private static final int PREFACE = 24;

  /** Success, as gRPC says it. */
  static final Script OK =
      (connection, stream) -> {
        connection.headers(stream, false, ":status", "200", "content-type", "application/grpc");
        connection.frame(DATA, 0, stream, new byte[5]);
        connection.headers(stream, true, "grpc-status", "0");
      };

  private final Socket socket;
  private final DataOutputStream out;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();

  private RawHttp2(Socket socket) throws IOException {
    this.socket = socket;
    this.out = new DataOutputStream(socket.getOutputStream());
  }

  /** Answers the first request of a connection by the script, later ones with success. */
  static RawServer.Behaviour answering(Script script) {
    return socket -> new RawHttp2(socket).serve(script);
  }

  private void serve(Script script) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    in.readNBytes(PREFACE);
    frame(SETTINGS, 0, 0);
    Script next = script;
    while (true) {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int stream = in.readInt();
      byte[] payload = in.readNBytes(length);
      if ((type == SETTINGS || type == PING) && (flags & ACK) == 0) {
        frame(type, ACK, 0, type == PING ? payload : new byte[0]);
      }
      if (type == DATA) {
        body.writeBytes(payload);
      }
      if ((type == DATA || type == HEADERS) && (flags & END_STREAM) != 0) {
        next.answer(this, stream);
        body.reset();
        next = OK;
      }
    }
  }

  /** The request's bytes, with the frame of gRPC. */
  byte[] body() {
    return body.toByteArray();
  }

  void frame(int type, int flags, int stream, byte... payload) throws IOException {
    out.writeByte(payload.length >> 16);
    out.writeShort(payload.length);
    out.writeByte(type);
    out.writeByte(flags);
    out.writeInt(stream);
    out.write(payload);
    out.flush();
  }

  /** Literal fields that no table keeps, without Huffman codes; each shorter than 127 bytes. */
  void headers(int stream, boolean end, String... namesAndValues) throws IOException {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (int i = 0; i < namesAndValues.length; i++) {
      if (i % 2 == 0) {
        block.write(0);
      }
      byte[] text = namesAndValues[i].getBytes(StandardCharsets.ISO_8859_1);
      block.write(text.length);
      block.writeBytes(text);
    }
    frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, block.toByteArray());
  }

  void raw(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  void close() throws IOException {
    // A reset, not an orderly end.
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** What to answer. */
  @FunctionalInterface
  interface Script {
    void answer(RawHttp2 connection, int stream) throws IOException;
  }
}
