package io.otlpevents.journal;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.otlpevents.ledger.EvictionReason;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** Giving up the oldest records: each is read or counted, whatever happens meanwhile. */
public class DropOldestStressTest {

  /** Gives up what is to be given up, and says how many records that were. */
  private static long giveUp(JournalReader reader) {
    reader.giveUp();
    return reader.takeLost(EvictionReason.OVERFLOW);
  }

  @JCStressTest
  @Outcome(
      id = "2, A, 23a",
      expect = ACCEPTABLE,
      desc = "appended into the room of what was given up")
  @Outcome(id = "2, F, 23", expect = ACCEPTABLE, desc = "the room came too late")
  @Outcome(expect = FORBIDDEN, desc = "torn, doubled, or lost and not counted")
  @State
  public static class GiveUpAndAppend {
    private final Journal journal = SmallJournal.open(2, 2, OverflowPolicy.DROP_OLDEST);
    private final JournalReader reader = journal.openReader("reader");

    public GiveUpAndAppend() {
      SmallJournal.append(journal, "0123");
      journal.attend();
    }

    @Actor
    public void reader(LLL_Result r) {
      r.r1 = giveUp(reader);
    }

    @Actor
    public void appender(LLL_Result r) {
      r.r2 = SmallJournal.appendInsistently(journal, 'a');
    }

    @Arbiter
    public void rest(LLL_Result r) {
      r.r3 = SmallJournal.rest(journal, reader);
    }
  }

  @JCStressTest
  @Outcome(id = "0/0, K, 123", expect = ACCEPTABLE, desc = "asked after the reader looked")
  @Outcome(id = "0/1, K, 23", expect = ACCEPTABLE, desc = "given up all but what was read")
  @Outcome(expect = FORBIDDEN, desc = "torn, doubled, or lost and not counted")
  @State
  public static class ReadThenGiveUpAndKeeper {
    private final Journal journal = SmallJournal.open(2, 2, OverflowPolicy.DROP_OLDEST);
    private final JournalReader reader = journal.openReader("reader");

    public ReadThenGiveUpAndKeeper() {
      SmallJournal.append(journal, "0123");
    }

    @Actor
    public void reader(LLL_Result r) {
      StringBuilder names = new StringBuilder();
      reader.read((bytes, offset, length) -> names.isEmpty() && names.append('0') != null);
      r.r1 = names + "/" + giveUp(reader);
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
  @Outcome(id = "W, 2A, 0/23b", expect = ACCEPTABLE, desc = "written before it was given up")
  @Outcome(
      id = "W, 1F, 1/23",
      expect = ACCEPTABLE,
      desc = "not written yet, so that its segment is kept")
  @Outcome(expect = FORBIDDEN, desc = "the segment of a record under way is used again")
  @State
  public static class LateWriteAndGiveUp {
    private final Journal journal = SmallJournal.open(2, 2, OverflowPolicy.DROP_OLDEST);
    private final JournalReader reader = journal.openReader("reader");
    private final Segment segment;
    private final long claim;

    public LateWriteAndGiveUp() {
      SmallJournal.append(journal, "0");
      segment = journal.active();
      claim = segment.claim(SmallJournal.FRAME);
      SmallJournal.append(journal, "23");
      journal.attend();
    }

    @Actor
    public void appender(LLL_Result r) {
      SmallJournal.write(segment, claim, 'a');
      r.r1 = "W";
    }

    @Actor
    public void reader(LLL_Result r) {
      r.r2 = giveUp(reader) + SmallJournal.append(journal, "b");
    }

    @Arbiter
    public void rest(LLL_Result r) {
      r.r3 = giveUp(reader) + "/" + SmallJournal.rest(journal, reader);
    }
  }
}
