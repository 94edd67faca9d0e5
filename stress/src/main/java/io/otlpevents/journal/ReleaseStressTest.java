package io.otlpevents.journal;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLLLL_Result;
import org.openjdk.jcstress.infra.results.LLLL_Result;

/** Segments are used again once every reader has passed them, and not before. */
public class ReleaseStressTest {

  @JCStressTest
  @Outcome(id = "0123, 0123, AA, ab/ab", expect = ACCEPTABLE, desc = "released by whoever was last")
  @Outcome(expect = FORBIDDEN, desc = "torn, lost or doubled, or the room is lost")
  @State
  public static class TwoReaders {
    private final Journal journal = SmallJournal.open(2, 2, OverflowPolicy.DROP_NEWEST);
    private final JournalReader one = journal.openReader("one");
    private final JournalReader other = journal.openReader("other");

    public TwoReaders() {
      SmallJournal.append(journal, "0123");
    }

    @Actor
    public void one(LLLL_Result r) {
      r.r1 = SmallJournal.readAndAcknowledge(one);
    }

    @Actor
    public void other(LLLL_Result r) {
      r.r2 = SmallJournal.readAndAcknowledge(other);
    }

    @Arbiter
    public void rest(LLLL_Result r) {
      r.r3 = SmallJournal.append(journal, "ab");
      r.r4 = SmallJournal.read(one) + "/" + SmallJournal.rest(journal, other);
    }
  }

  @JCStressTest
  @Outcome(id = "0123, F, -, -", expect = ACCEPTABLE, desc = "the room came too late")
  @Outcome(
      id = {"0123, A, a, a", "0123a, A, -, a"},
      expect = ACCEPTABLE,
      desc = "appended into the segment that was released")
  @Outcome(expect = FORBIDDEN, desc = "torn, lost or doubled")
  @State
  public static class LastReaderAndAppender {
    private final Journal journal = SmallJournal.open(2, 2, OverflowPolicy.DROP_NEWEST);
    private final JournalReader last = journal.openReader("last");
    private final JournalReader first = journal.openReader("first");

    public LastReaderAndAppender() {
      SmallJournal.append(journal, "0123");
      SmallJournal.readAndAcknowledge(first);
    }

    @Actor
    public void reader(LLLL_Result r) {
      r.r1 = SmallJournal.readAndAcknowledge(last);
    }

    @Actor
    public void appender(LLLL_Result r) {
      r.r2 = SmallJournal.appendInsistently(journal, 'a');
    }

    @Arbiter
    public void rest(LLLL_Result r) {
      r.r3 = SmallJournal.read(last);
      r.r4 = SmallJournal.rest(journal, first);
    }
  }

  @JCStressTest
  @Outcome(id = "0123, 0123, F, -, -", expect = ACCEPTABLE, desc = "the room came too late")
  @Outcome(
      id = {
        "0123, 0123, A, a, a",
        "0123a, 0123, A, -, a",
        "0123, 0123a, A, a, -",
        "0123a, 0123a, A, -, -"
      },
      expect = ACCEPTABLE,
      desc = "appended into the segment that was released")
  @Outcome(expect = FORBIDDEN, desc = "torn, lost or doubled")
  @State
  public static class TwoReadersAndAppender {
    private final Journal journal = SmallJournal.open(2, 2, OverflowPolicy.DROP_NEWEST);
    private final JournalReader one = journal.openReader("one");
    private final JournalReader other = journal.openReader("other");

    public TwoReadersAndAppender() {
      SmallJournal.append(journal, "0123");
    }

    @Actor
    public void one(LLLLL_Result r) {
      r.r1 = SmallJournal.readAndAcknowledge(one);
    }

    @Actor
    public void other(LLLLL_Result r) {
      r.r2 = SmallJournal.readAndAcknowledge(other);
    }

    @Actor
    public void appender(LLLLL_Result r) {
      r.r3 = SmallJournal.appendInsistently(journal, 'a');
    }

    @Arbiter
    public void rest(LLLLL_Result r) {
      r.r4 = SmallJournal.read(one);
      r.r5 = SmallJournal.rest(journal, other);
    }
  }
}
