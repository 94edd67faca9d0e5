package io.otlpevents.inspect;

import io.otlpevents.journal.InspectedStore;
import io.otlpevents.journal.JournalInspection;
import io.otlpevents.journal.StoreInspector;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a journal's directory: {@code inspect} tells what is in it, {@code verify} whether it is
 * whole, {@code export} writes its records as OTLP/JSON lines. Never writes to the directory and
 * never touches its locks, so that it can be used beside the process that writes.
 *
 * <p>Ends with 0 if everything is whole, 1 if something is damaged or missing, 2 if it could not do
 * what it was asked to.
 */
public final class JournalCommand {

  static final int CLEAN = 0;
  static final int DAMAGED = 1;
  static final int UNUSABLE = 2;

  private static final String USAGE =
      """
      usage: inspect <directory>
             verify <directory>
             export <directory> [--all | --destination <name>]

      inspect  what is in a journal, how old it is, and what is damaged
      verify   reads every record and compares its checksum; ends with 0 if all is whole,
               1 if something is damaged or missing, 2 if it cannot be read
      export   writes the records as OTLP/JSON lines to stdout: all that are still there,
               or those that one destination has not acknowledged""";

  private final PrintStream out;
  private final PrintStream err;
  private final Clock clock;

  JournalCommand(PrintStream out, PrintStream err, Clock clock) {
    this.out = out;
    this.err = err;
    this.clock = clock;
  }

  /** Runs the command and ends the process. */
  public static void main(String[] arguments) {
    OutputStream stdout = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 65536);
    PrintStream out = new PrintStream(stdout, false, StandardCharsets.UTF_8);
    PrintStream err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    int exit = new JournalCommand(out, err, Clock.systemUTC()).run(arguments);
    out.flush();
    System.exit(exit);
  }

  int run(String... arguments) {
    Request request = Request.of(arguments);
    if (request == null) {
      err.println(USAGE);
      return UNUSABLE;
    }
    try {
      JournalInspection inspection = JournalInspection.of(request.directory);
      return switch (request.command) {
        case "inspect" -> inspect(inspection);
        case "verify" -> verify(inspection);
        default -> export(inspection, request);
      };
    } catch (NoSuchFileException e) {
      err.println("there is no directory " + e.getFile());
    } catch (NotDirectoryException e) {
      err.println(e.getFile() + " is not a directory");
    } catch (IOException | UncheckedIOException e) {
      err.println(e.getMessage());
    } catch (OutOfMemoryError e) {
      err.println("a file is larger than the memory of this process; give it more with -Xmx");
    }
    return UNUSABLE;
  }

  private int inspect(JournalInspection inspection) {
    if (inspection.stores().isEmpty()) {
      out.println("empty: no process has used this journal");
    }
    InspectionReport report = new InspectionReport(out, clock);
    for (StoreInspector store : inspection.stores()) {
      report.print(store.read());
    }
    return CLEAN;
  }

  private int verify(JournalInspection inspection) {
    boolean clean = true;
    long intact = 0;
    long torn = 0;
    long damaged = 0;
    long missing = 0;
    for (StoreInspector inspector : inspection.stores()) {
      InspectedStore store = inspector.read();
      clean &= store.isClean();
      intact += store.intact();
      torn += store.torn();
      damaged += store.damaged();
      missing += store.missing() + store.lacking();
      new InspectionReport(out, clock).printDamage(store);
    }
    out.println(
        (clean ? "clean" : "damaged")
            + ": intact "
            + intact
            + ", torn "
            + torn
            + ", damaged "
            + damaged
            + ", missing "
            + missing);
    return clean ? CLEAN : DAMAGED;
  }

  private int export(JournalInspection inspection, Request request) {
    JsonLines lines = new JsonLines(out);
    boolean clean = true;
    boolean known = request.destination == null;
    for (StoreInspector inspector : inspection.stores()) {
      InspectedStore store = inspector.read();
      clean &= store.isClean();
      known |=
          store.cursors().stream()
              .anyMatch(cursor -> cursor.destination().equals(request.destination));
      int gone = inspector.records(store, request.destination, lines::add);
      lines.flush();
      if (gone > 0) {
        err.println(
            store.directory() + ": " + gone + " segments were released while they were exported");
      }
      if (out.checkError()) {
        err.println("the output was closed");
        return UNUSABLE;
      }
    }
    err.println(lines.written() + " records");
    if (!known) {
      err.println(
          "no destination "
              + request.destination
              + " has acknowledged anything here, so that everything waits for it");
    }
    if (!clean) {
      err.println("something is damaged or missing, see verify");
    }
    return clean ? CLEAN : DAMAGED;
  }

  private record Request(String command, Path directory, @Nullable String destination) {

    /** Null if the arguments are not understood. */
    static @Nullable Request of(String... arguments) {
      if (arguments.length < 2) {
        return null;
      }
      String command = arguments[0];
      Path directory = Path.of(arguments[1]);
      if (arguments.length == 2 && List.of("inspect", "verify", "export").contains(command)) {
        return new Request(command, directory, null);
      }
      if (!command.equals("export")) {
        return null;
      }
      if (arguments.length == 3 && arguments[2].equals("--all")) {
        return new Request(command, directory, null);
      }
      return arguments.length == 4 && arguments[2].equals("--destination")
          ? new Request(command, directory, arguments[3])
          : null;
    }
  }
}
