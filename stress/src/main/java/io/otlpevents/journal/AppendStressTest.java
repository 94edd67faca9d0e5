package io.otlpevents.journal;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLLL_Result;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** Appending and reading at once within a segment. The last slot is what was left to read. */
public class AppendStressTest {

  @JCStressTest
  @Outcome(
      id = {"A, A, -, (ab|ba)", "A, A, a, b", "A, A, b, a", "A, A, (ab|ba), -"},
      expect = ACCEPTABLE,
      desc = "both read once")
  @Outcome(expect = FORBIDDEN, desc = "torn, lost or doubled")
  @State
  public static class TwoAppendersAndReader {
    private final Journal journal = SmallJournal.open(2, 4, OverflowPolicy.DROP_NEWEST);
    private final JournalReader reader = journal.openReader("reader");

    @Actor
    public void first(LLLL_Result r) {
      r.r1 = SmallJournal.append(journal, "a");
    }

    @Actor
    public void second(LLLL_Result r) {
      r.r2 = SmallJournal.append(journal, "b");
    }

    @Actor
    public void reader(LLLL_Result r) {
      r.r3 = SmallJournal.read(reader);
    }

    @Arbiter
    public void rest(LLLL_Result r) {
      r.r4 = SmallJournal.rest(journal, reader);
    }
  }

  /** Three roles in two threads, for machines with two processors. */
  @JCStressTest
  @Outcome(
      id = {"A, A/-, ab", "A, A/b, a", "A, A/(ab|ba), -"},
      expect = ACCEPTABLE,
      desc = "both read once")
  @Outcome(expect = FORBIDDEN, desc = "torn, lost or doubled")
  @State
  public static class AppenderAndAppendingReader {
    private final Journal journal = SmallJournal.open(2, 4, OverflowPolicy.DROP_NEWEST);
    private final JournalReader reader = journal.openReader("reader");

    @Actor
    public void appender(LLL_Result r) {
      r.r1 = SmallJournal.append(journal, "a");
    }

    @Actor
    public void appendingReader(LLL_Result r) {
      r.r2 = SmallJournal.append(journal, "b") + "/" + SmallJournal.read(reader);
    }

    @Arbiter
    public void rest(LLL_Result r) {
      r.r3 = SmallJournal.rest(journal, reader);
    }
  }

  @JCStressTest
  @Outcome(
      id = {"AAA, -, abc", "AAA, a, bc", "AAA, ab, c", "AAA, abc, -"},
      expect = ACCEPTABLE,
      desc = "read once, in order")
  @Outcome(expect = FORBIDDEN, desc = "torn, lost, doubled or out of order")
  @State
  public static class AppenderAndReader {
    private final Journal journal = SmallJournal.open(2, 4, OverflowPolicy.DROP_NEWEST);
    private final JournalReader reader = journal.openReader("reader");

    @Actor
    public void appender(LLL_Result r) {
      r.r1 = SmallJournal.append(journal, "abc");
    }

    @Actor
    public void reader(LLL_Result r) {
      r.r2 = SmallJournal.read(reader);
    }

    @Arbiter
    public void rest(LLL_Result r) {
      r.r3 = SmallJournal.rest(journal, reader);
    }
  }

  @JCStressTest
  @Outcome(
      id = "AA, AA, (abcd|acbd|acdb|cabd|cadb|cdab)",
      expect = ACCEPTABLE,
      desc = "each appender's records in its order")
  @Outcome(expect = FORBIDDEN, desc = "torn, lost, doubled or out of order")
  @State
  public static class TwoAppendersInOrder {
    private final Journal journal = SmallJournal.open(2, 5, OverflowPolicy.DROP_NEWEST);
    private final JournalReader reader = journal.openReader("reader");

    @Actor
    public void first(LLL_Result r) {
      r.r1 = SmallJournal.append(journal, "ab");
    }

    @Actor
    public void second(LLL_Result r) {
      r.r2 = SmallJournal.append(journal, "cd");
    }

    @Arbiter
    public void rest(LLL_Result r) {
      r.r3 = SmallJournal.rest(journal, reader);
    }
  }
}
