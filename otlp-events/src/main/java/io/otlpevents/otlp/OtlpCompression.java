package io.otlpevents.otlp;

import io.opentelemetry.sdk.common.export.Compressor;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** How requests are compressed. */
public enum OtlpCompression {
  /** Not at all. */
  NONE,
  /** With gzip. */
  GZIP;

  @Nullable Compressor compressor() {
    return this == GZIP ? Gzip.INSTANCE : null;
  }

  private static final class Gzip implements Compressor {

    static final Gzip INSTANCE = new Gzip();

    @Override
    public String getEncoding() {
      return "gzip";
    }

    @Override
    public OutputStream compress(OutputStream outputStream) throws IOException {
      return new GZIPOutputStream(outputStream, 8192);
    }
  }
}
