package io.otlpevents.benchmarks;

import static io.otlpevents.benchmarks.MarkdownTable.count;

import io.otlpevents.EmitResult;
import io.otlpevents.journal.FsyncPolicy;
import io.otlpevents.journal.JournalSettings;
import io.otlpevents.journal.OverflowPolicy;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * The time of an emit while the journal on disk changes segments, next to that of all others.
 *
 * <p>Every event has the same length, so it is known with which a segment begins: how many fit into
 * one is tried first. Around each change {@value #WINDOW} events are counted as <em>during a
 * change</em>. The others are put into groups of as many events, and the median of the groups'
 * p99.9 is what the p99.9 during changes is compared with.
 */
final class RollHarness {

  private static final String HELP =
      """
      --rate 100000       events per second, of one thread
      --seconds 60        how long
      --segments 8        sizes of segments in MiB for the flood, where the keeper has no time
      --flood-seconds 10  how long each flood
      """;

  /** The event that changes the segment, and those behind it. */
  private static final int WINDOW = 1_000;

  /** Numbers from here on take three bytes, so that all events have the same length. */
  private static final int FIRST_NUMBER = 1 << 14;

  private static final int NUMBERS = (1 << 21) - FIRST_NUMBER;

  private RollHarness() {}

  public static void main(String[] args) {
    Options options;
    try {
      options = Options.parse(args, "help", "rate", "seconds", "segments", "flood-seconds");
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(HELP);
      System.exit(2);
      return;
    }
    if (options.has("help")) {
      System.out.print(HELP);
      return;
    }
    int rate = options.number("rate", 100_000, 1_000, 2_000_000);
    int seconds = options.number("seconds", 60, 1, 600);
    System.out.println("## Change of segments\n");
    System.out.println(Machine.describe("benchmarks/run-roll.sh " + String.join(" ", args)));
    steady(rate, seconds);
    int floodSeconds = options.number("flood-seconds", 10, 1, 60);
    System.out.println("### Flood of one thread, by size of segments\n");
    MarkdownTable table =
        new MarkdownTable(
            "segments", "events/s", "p50", "p99.9", "p99.99", "max", "emits of 1 ms and more");
    for (int megabytes : options.numbers("segments", "1,8,32")) {
      flood(table, megabytes, floodSeconds);
    }
    System.out.println(table);
  }

  private static JournalSettings journal(WorkFolder work) {
    return EngineClient.onDisk(work.file("journal"), FsyncPolicy.OS);
  }

  private static void emitFixed(EngineClient client, long index) {
    client.emit(FIRST_NUMBER + index % NUMBERS);
  }

  private static void steady(int rate, int seconds) {
    int each = eventsPerSegment();
    WorkFolder work = WorkFolder.create();
    int events = Math.multiplyExact(rate, seconds);
    int[] nanos = new int[events];
    try (EngineClient client = EngineClient.discarding(journal(work))) {
      // The compiler's time, in whole segments.
      int warmUp = (3 * rate / each + 1) * each;
      emit(client, 0, warmUp, new Pace(rate), new int[warmUp]);
      emit(client, warmUp, events, new Pace(rate), nanos);
    }
    work.remove();
    Histogram changing = new Histogram(3);
    Histogram during = new Histogram(3);
    List<Integer> others = new ArrayList<>();
    int rolls = 0;
    for (int i = 0; i < events; i++) {
      if (i % each == 0) {
        rolls++;
        changing.recordValue(nanos[i]);
      }
      if (i % each < WINDOW) {
        during.recordValue(nanos[i]);
      } else {
        others.add(nanos[i]);
      }
    }
    int group = (int) during.getTotalCount();
    List<Long> p999 = new ArrayList<>();
    Histogram all = new Histogram(3);
    for (int from = 0; from + group <= others.size(); from += group) {
      Histogram histogram = new Histogram(3);
      others.subList(from, from + group).forEach(histogram::recordValue);
      p999.add(histogram.getValueAtPercentile(99.9));
      all.add(histogram);
    }
    long[] sorted = p999.stream().mapToLong(Long::longValue).sorted().toArray();
    long median = sorted[sorted.length / 2];
    System.out.printf(
        "- %,d events per second for %d s; %,d events in a segment of 8 MiB; %d changes%n%n",
        rate, seconds, each, rolls);
    System.out.println(
        new MarkdownTable("emits", "events", "p50", "p99", "p99.9", "max")
            .row(row("the one that changes", changing, changing.getValueAtPercentile(99.9)))
            .row(row("during a change of segments", during, during.getValueAtPercentile(99.9)))
            .row(row("others; p99.9 is the median of " + sorted.length + " groups", all, median)));
    System.out.printf(
        "- p99.9 during a change in relation to the median of the others (%,d to %,d ns): %.1f ×%n%n",
        sorted[0], sorted[sorted.length - 1], (double) during.getValueAtPercentile(99.9) / median);
  }

  private static String[] row(String name, Histogram times, long p999) {
    return new String[] {
      name,
      count(times.getTotalCount()),
      count(times.getValueAtPercentile(50)) + " ns",
      count(times.getValueAtPercentile(99)) + " ns",
      count(p999) + " ns",
      count(times.getMaxValue()) + " ns"
    };
  }

  private static void emit(EngineClient client, long first, int events, Pace pace, int[] nanos) {
    for (int i = 0; i < events; i++) {
      pace.await(i);
      long before = System.nanoTime();
      emitFixed(client, first + i);
      nanos[i] = (int) Math.min(Integer.MAX_VALUE, System.nanoTime() - before);
    }
  }

  /** Fills two segments that nobody empties. */
  private static int eventsPerSegment() {
    WorkFolder work = WorkFolder.create();
    JournalSettings settings = journal(work);
    int accepted = 0;
    try (EngineClient client =
        EngineClient.dead(
            settings
                .withMaxSize(2L * settings.segmentSize())
                .withOverflow(OverflowPolicy.DROP_NEWEST))) {
      while (SampleEvent.emit(client.emitter(), FIRST_NUMBER + accepted) == EmitResult.ACCEPTED) {
        accepted++;
      }
      client.abandon();
    }
    work.remove();
    if (accepted % 2 != 0) {
      throw new IllegalStateException(accepted + " events in two segments are not of one length");
    }
    return accepted / 2;
  }

  private static void flood(MarkdownTable table, int megabytes, int seconds) {
    WorkFolder work = WorkFolder.create();
    Histogram times = new Histogram(3);
    long events = 0;
    long slow = 0;
    long nanos;
    try (EngineClient client =
        EngineClient.discarding(journal(work).withSegmentSize(megabytes << 20))) {
      for (int i = 0; i < 2_000_000; i++) {
        emitFixed(client, i);
      }
      long start = System.nanoTime();
      long end = start + seconds * 1_000_000_000L;
      long before = start;
      while (before - end < 0) {
        emitFixed(client, events++);
        long after = System.nanoTime();
        times.recordValue(after - before);
        slow += after - before >= 1_000_000 ? 1 : 0;
        before = after;
      }
      nanos = before - start;
    }
    work.remove();
    table.row(
        megabytes + " MiB",
        count(events * 1e9 / nanos),
        count(times.getValueAtPercentile(50)) + " ns",
        count(times.getValueAtPercentile(99.9)) + " ns",
        count(times.getValueAtPercentile(99.99)) + " ns",
        count(times.getMaxValue() / 1000) + " µs",
        count(slow));
  }
}
