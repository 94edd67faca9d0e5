package io.otlpevents.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Looks at a journal in files without being its owner, also while its owner writes. Files are only
 * read, and copied before they are looked at; the lock is not touched. For one thread.
 */
public final class JournalInspection {

  private final List<StoreInspector> stores;

  private JournalInspection(List<StoreInspector> stores) {
    this.stores = stores;
  }

  /**
   * Opens a journal's directory, or one of its sub-directories.
   *
   * @throws NoSuchFileException if there is no such directory
   * @throws IOException if it cannot be read, or holds something and none of it is a journal's
   */
  public static JournalInspection of(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      throw new NoSuchFileException(directory.toString());
    }
    if (!Files.isDirectory(directory)) {
      throw new NotDirectoryException(directory.toString());
    }
    List<Path> entries = list(directory);
    if (isStore(directory, entries)) {
      return new JournalInspection(List.of(new StoreInspector(directory)));
    }
    List<StoreInspector> stores = new ArrayList<>();
    for (Path entry : entries) {
      if (entry.getFileName().toString().matches("\\d{1,4}")
          && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
        stores.add(new StoreInspector(entry));
      }
    }
    if (stores.isEmpty() && !entries.isEmpty()) {
      throw new IOException(directory + " is not a journal's directory");
    }
    return new JournalInspection(stores);
  }

  private static boolean isStore(Path directory, List<Path> entries) {
    return entries.stream()
        .map(entry -> directory.relativize(entry).toString())
        .anyMatch(
            name ->
                name.equals(StoreDirectory.LOCK)
                    || name.equals(StoreDirectory.CURSORS)
                    || name.endsWith(StoreDirectory.SEGMENT));
  }

  /** The sub-directories; none if no process has used the journal yet. */
  public List<StoreInspector> stores() {
    return stores;
  }

  static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .sorted(
              Comparator.<Path>comparingInt(file -> file.toString().length())
                  .thenComparing(Comparator.naturalOrder()))
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
