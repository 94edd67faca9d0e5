package io.otlpevents.journal;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Says in words why a directory cannot be used. */
final class DirectoryProblem {

  private DirectoryProblem() {}

  /**
   * A sentence without a full stop, that names the file or directory at fault.
   *
   * @param directory that was to be used
   * @param failure what came of it
   */
  static String of(Path directory, IOException failure) {
    for (Path at = directory; at != null; at = at.getParent()) {
      if (Files.exists(at, LinkOption.NOFOLLOW_LINKS)) {
        if (!Files.isSymbolicLink(at) && !Files.isDirectory(at)) {
          return at.equals(directory)
              ? at + " is a file, not a directory"
              : "it cannot be made, because " + at + " is a file, not a directory";
        }
        break;
      }
    }
    if (failure instanceof AccessDeniedException denied) {
      return denied(directory, denied);
    }
    if (failure instanceof FileSystemException e && e.getReason() != null) {
      String file = e.getFile() == null ? directory.toString() : e.getFile();
      String other = e.getOtherFile() == null ? "" : " -> " + e.getOtherFile();
      return e.getReason().startsWith("is ")
          ? file + other + " " + e.getReason()
          : e.getReason() + ": " + file + other;
    }
    return failure.toString();
  }

  private static String denied(Path directory, AccessDeniedException denied) {
    String who = "the user that runs the application may not ";
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      Path parent = directory.toAbsolutePath().getParent();
      while (parent != null && !Files.exists(parent)) {
        parent = parent.getParent();
      }
      return "it cannot be made, because " + who + "write to " + parent;
    }
    String file = denied.getFile() == null ? directory.toString() : denied.getFile();
    Path at = Path.of(file);
    return who
        + (Files.isDirectory(at) || !Files.exists(at)
            ? "list " + directory + " or write to it"
            : "read and write " + file);
  }
}
