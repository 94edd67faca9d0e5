package io.otlpevents.journal;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Thrown at start when the journal's directory cannot be used. */
public final class JournalDirectoryException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient Path directory;
  private final Reason reason;
  private final String problem;

  private JournalDirectoryException(
      Path directory, Reason reason, String problem, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.directory = directory;
    this.reason = reason;
    this.problem = problem;
  }

  static JournalDirectoryException unusable(Path directory, IOException cause) {
    String problem = DirectoryProblem.of(directory, cause);
    return new JournalDirectoryException(
        directory,
        Reason.UNUSABLE,
        problem,
        "the journal's directory " + directory + " cannot be used: " + problem,
        cause);
  }

  static JournalDirectoryException inUse(Path directory) {
    return new JournalDirectoryException(
        directory,
        Reason.IN_USE,
        "another process uses it",
        "the journal's directory " + directory + " is used by another process",
        null);
  }

  /** The directory that was configured. */
  public Path directory() {
    return directory;
  }

  /** What is wrong with it. */
  public Reason reason() {
    return reason;
  }

  /** What is wrong with it, in a sentence for people, without a full stop. */
  public String problem() {
    return problem;
  }

  /** What may be wrong with a directory. */
  public enum Reason {
    /** It cannot be made, written to or listed. */
    UNUSABLE,
    /** Another process uses it, and it was to be this one's alone. */
    IN_USE
  }
}
