package io.otlpevents.journal;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Thrown at start when the journal's directory cannot be used. */
public final class JournalDirectoryException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient Path directory;
  private final Reason reason;

  JournalDirectoryException(
      Path directory, Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.directory = directory;
    this.reason = reason;
  }

  /** The directory that was configured. */
  public Path directory() {
    return directory;
  }

  /** What is wrong with it. */
  public Reason reason() {
    return reason;
  }

  /** What may be wrong with a directory. */
  public enum Reason {
    /** It cannot be made, written to or listed. */
    UNUSABLE,
    /** Another process uses it, and it was to be this one's alone. */
    IN_USE
  }
}
