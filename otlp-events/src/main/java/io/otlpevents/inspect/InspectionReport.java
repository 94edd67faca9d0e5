package io.otlpevents.inspect;

import io.otlpevents.journal.InspectedCursor;
import io.otlpevents.journal.InspectedSegment;
import io.otlpevents.journal.InspectedStore;
import io.otlpevents.journal.SegmentOrigin;
import io.otlpevents.journal.StoreOwner;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes down for people what was found in a journal. */
final class InspectionReport {

  private final PrintStream out;
  private final Clock clock;

  InspectionReport(PrintStream out, Clock clock) {
    this.out = out;
    this.clock = clock;
  }

  void print(InspectedStore store) {
    out.println(store.directory());
    out.println("  owner       " + owner(store.owner()));
    out.println(
        "  records     "
            + store.intact()
            + " whole, "
            + store.bytes()
            + " bytes"
            + age(store.oldest()));
    printWaiting(store);
    printResources(store);
    for (InspectedSegment segment : store.segments()) {
      out.println("  segment     " + segment(segment));
    }
    printDamage(store);
  }

  private void printWaiting(InspectedStore store) {
    for (InspectedCursor cursor : store.cursors()) {
      out.println(
          "  waiting     "
              + printable(cursor.destination())
              + ": "
              + cursor.records()
              + " records, "
              + cursor.bytes()
              + " bytes"
              + age(cursor.oldest())
              + "; goes on in segment "
              + cursor.segmentId()
              + " at sequence "
              + cursor.sequence());
    }
    if (store.intact() > 0) {
      out.println("  waiting     any other destination has acknowledged nothing: everything");
    }
  }

  private void printResources(InspectedStore store) {
    Set<String> resources = new LinkedHashSet<>();
    for (InspectedSegment segment : store.segments()) {
      SegmentOrigin origin = segment.origin();
      if (origin != null) {
        resources.add(String.join(", ", OtlpText.attributes(origin)));
      }
    }
    resources.forEach(resource -> out.println("  resource    " + printable(resource)));
  }

  /** Says what is damaged or missing; nothing if nothing is. */
  void printDamage(InspectedStore store) {
    for (InspectedSegment segment : store.segments()) {
      String problem = segment.problem();
      if (problem != null) {
        out.println("  damage      " + segment.file() + ": " + problem);
      }
      if (segment.damaged() > 0) {
        out.println("  damage      " + segment.file() + ": " + segment.damaged() + " frames");
      }
    }
    if (store.underWay() > 0) {
      out.println(
          "  under way   " + store.underWay() + " frames were begun, and may be being written");
    }
    if (store.torn() > 0) {
      out.println(
          "  torn        "
              + store.torn()
              + " frames were begun and never finished; unless the system died, nobody was told that they were accepted");
    }
    if (store.missing() > 0) {
      out.println("  missing     " + store.missing() + " frames between segments");
    }
    for (InspectedCursor cursor : store.cursors()) {
      if (cursor.missing() > 0) {
        out.println(
            "  missing     "
                + cursor.missing()
                + " frames that "
                + printable(cursor.destination())
                + " has not acknowledged");
      }
    }
    store.problems().forEach(problem -> out.println("  problem     " + problem));
    if (!store.setAside().isEmpty()) {
      out.println("  set aside   " + store.setAside().size() + " damaged files (*.damaged)");
    }
    if (!store.settled()) {
      out.println("  note        changed while it was read; what looks damaged may be whole");
    }
  }

  private String segment(InspectedSegment segment) {
    String file = segment.file().getFileName() + ", " + segment.size() + " bytes";
    if (!segment.hasHeader()) {
      return file + ", " + state(segment.state());
    }
    return "id "
        + segment.id()
        + " ("
        + file
        + "), "
        + state(segment.state())
        + ", made "
        + Instant.ofEpochMilli(segment.createdMillis())
        + ", "
        + segment.intact()
        + " records from sequence "
        + (segment.sequence() < 0 ? "?" : String.valueOf(segment.sequence()))
        + (segment.abandoned() > 0 ? ", " + segment.abandoned() + " abandoned" : "");
  }

  private static String state(InspectedSegment.State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  private static String owner(StoreOwner owner) {
    return switch (owner.state()) {
      case ALIVE -> "alive" + (owner.pid() > 0 ? ", process " + owner.pid() : "");
      case NONE_SEEN -> "none that can be seen from here";
      case UNKNOWN -> "unknown: this system does not tell who holds the lock";
    };
  }

  private String age(byte @Nullable [] record) {
    long nanos = record == null ? 0 : OtlpText.observedNanos(record);
    if (nanos <= 0) {
      return "";
    }
    Instant observed = Instant.ofEpochSecond(nanos / 1_000_000_000, nanos % 1_000_000_000);
    Duration age = Duration.between(observed, clock.instant());
    return ", oldest of " + observed + " (" + Duration.ofSeconds(age.toSeconds()) + " ago)";
  }

  /** Names come from files, and must not control a terminal. */
  private static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
