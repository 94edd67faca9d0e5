package io.otlpevents.journal;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** Moving on to the next segment. The last slot is what was left to read. */
public class RollStressTest {

  @JCStressTest
  @Outcome(id = "AA, AA, 0(abcd|acbd|acdb|cabd|cadb|cdab)", expect = ACCEPTABLE, desc = "all read")
  @Outcome(expect = FORBIDDEN, desc = "torn, lost, doubled or out of order")
  @State
  public static class TwoAppenders {
    private final Journal journal = SmallJournal.open(3, 2, OverflowPolicy.DROP_NEWEST);
    private final JournalReader reader = journal.openReader("reader");

    public TwoAppenders() {
      SmallJournal.append(journal, "0");
    }

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

  @JCStressTest
  @Outcome(
      id = {"A, F, 012a", "F, A, 012b"},
      expect = ACCEPTABLE,
      desc = "the last place went to one")
  @Outcome(expect = FORBIDDEN, desc = "the last place went to none or to both")
  @State
  public static class LastPlaceOfAll {
    private final Journal journal = SmallJournal.open(2, 2, OverflowPolicy.DROP_NEWEST);
    private final JournalReader reader = journal.openReader("reader");

    public LastPlaceOfAll() {
      SmallJournal.append(journal, "012");
    }

    @Actor
    public void first(LLL_Result r) {
      r.r1 = SmallJournal.append(journal, "a");
    }

    @Actor
    public void second(LLL_Result r) {
      r.r2 = SmallJournal.append(journal, "b");
    }

    @Arbiter
    public void rest(LLL_Result r) {
      r.r3 = SmallJournal.rest(journal, reader);
    }
  }

  @JCStressTest
  @Outcome(
      id = {"AAA, 0, abc", "AAA, 0a, bc", "AAA, 0ab, c", "AAA, 0abc, -"},
      expect = ACCEPTABLE,
      desc = "read once, in order")
  @Outcome(expect = FORBIDDEN, desc = "torn, lost, doubled or out of order")
  @State
  public static class AppenderAndReader {
    private final Journal journal = SmallJournal.open(2, 2, OverflowPolicy.DROP_NEWEST);
    private final JournalReader reader = journal.openReader("reader");

    public AppenderAndReader() {
      SmallJournal.append(journal, "0");
    }

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
  @Outcome(id = "AA, K, 01ab", expect = ACCEPTABLE, desc = "one segment was linked")
  @Outcome(expect = FORBIDDEN, desc = "torn, lost, doubled or out of order")
  @State
  public static class AppenderAndKeeper {
    private final Journal journal = SmallJournal.open(2, 2, OverflowPolicy.DROP_NEWEST);
    private final JournalReader reader = journal.openReader("reader");

    public AppenderAndKeeper() {
      SmallJournal.append(journal, "01");
    }

    @Actor
    public void appender(LLL_Result r) {
      r.r1 = SmallJournal.append(journal, "ab");
    }

    @Actor
    public void keeper(LLL_Result r) {
      journal.attend();
      r.r2 = "K";
    }

    @Arbiter
    public void rest(LLL_Result r) {
      r.r3 = SmallJournal.rest(journal, reader);
    }
  }

  @JCStressTest
  @Outcome(id = "AA, R, 0ab", expect = ACCEPTABLE, desc = "ended early, all read")
  @Outcome(expect = FORBIDDEN, desc = "torn, lost, doubled or out of order")
  @State
  public static class AppenderAndEarlyRoll {
    private final Journal journal = SmallJournal.open(3, 3, OverflowPolicy.DROP_NEWEST);
    private final JournalReader reader = journal.openReader("reader");

    public AppenderAndEarlyRoll() {
      SmallJournal.append(journal, "0");
    }

    @Actor
    public void appender(LLL_Result r) {
      r.r1 = SmallJournal.append(journal, "ab");
    }

    @Actor
    public void roller(LLL_Result r) {
      journal.roll(journal.active());
      r.r2 = "R";
    }

    @Arbiter
    public void rest(LLL_Result r) {
      r.r3 = SmallJournal.rest(journal, reader);
    }
  }
}
