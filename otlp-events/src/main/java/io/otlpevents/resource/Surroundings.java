package io.otlpevents.resource;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where detectors look. Replaced as a whole in tests. */
interface Surroundings {

  /** The value of an environment variable; null if it is not set. */
  @Nullable String variable(String name);

  /** The value of a Java system property; null if it is not set. */
  @Nullable String property(String name);

  /** The text of a small file; null if it cannot be read. What is beyond the bound is left out. */
  @Nullable String file(String path);

  /** The id of this process. */
  long processId();

  /** The path of the program that runs, without its arguments; null if it cannot be told. */
  @Nullable String program();

  /** This process on this machine. */
  final class Real implements Surroundings {

    /** Mount tables of busy nodes are long; nothing that is looked for is longer. */
    private static final int MAX_FILE_BYTES = 256 * 1024;

    @Override
    public @Nullable String variable(String name) {
      return System.getenv(name);
    }

    @Override
    public @Nullable String property(String name) {
      return System.getProperty(name);
    }

    @Override
    public @Nullable String file(String path) {
      // Files below /proc tell a size of 0, so they are read until they end.
      try (InputStream in = Files.newInputStream(Path.of(path))) {
        return new String(in.readNBytes(MAX_FILE_BYTES), StandardCharsets.UTF_8);
      } catch (IOException e) {
        return null;
      }
    }

    @Override
    public long processId() {
      return ProcessHandle.current().pid();
    }

    @Override
    public @Nullable String program() {
      return ProcessHandle.current().info().command().orElse(null);
    }
  }
}
