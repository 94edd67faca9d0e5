package io.otlpevents.otlp;

import com.github.luben.zstd.ZstdOutputStream;
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
  GZIP,
  /** With zstd; needs {@code com.github.luben:zstd-jni}. */
  ZSTD;

  @Nullable Compressor compressor() {
    return switch (this) {
      case NONE -> null;
      case GZIP -> Gzip.INSTANCE;
      case ZSTD -> Zstd.INSTANCE;
    };
  }

  /**
   * Tries whether this compression can be used here.
   *
   * @throws IllegalStateException if it cannot, for instance because its library is missing
   */
  void requirePresent() {
    Compressor compressor = compressor();
    if (compressor == null) {
      return;
    }
    try (OutputStream out = compressor.compress(OutputStream.nullOutputStream())) {
      out.write(0);
    } catch (IOException | LinkageError e) {
      throw new IllegalStateException(
          "compression "
              + compressor.getEncoding()
              + (this == ZSTD ? " needs com.github.luben:zstd-jni" : " does not work here"),
          e);
    }
  }

  private static final class Zstd implements Compressor {

    static final Zstd INSTANCE = new Zstd();

    @Override
    public String getEncoding() {
      return "zstd";
    }

    @Override
    public OutputStream compress(OutputStream outputStream) throws IOException {
      return new ZstdOutputStream(outputStream);
    }
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
