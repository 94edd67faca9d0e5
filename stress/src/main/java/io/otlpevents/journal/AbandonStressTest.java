package io.otlpevents.journal;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/**
 * Claims that come to nothing: readers pass them and count nothing as lost. At last a record goes
 * into the next segment, for only there a reader knows what the one before had.
 */
public class AbandonStressTest {

  @JCStressTest
  @Outcome(
      id = {"W, -, 0b", "W, 0, b"},
      expect = ACCEPTABLE,
      desc = "what follows is read once")
  @Outcome(expect = FORBIDDEN, desc = "torn, lost or doubled, or a loss counted")
  @State
  public static class AbandonAndRead {
    private final Journal journal = SmallJournal.open(2, 2, OverflowPolicy.DROP_NEWEST);
    private final JournalReader reader = journal.openReader("reader");
    private final Claim claim;

    public AbandonAndRead() {
      claim = SmallJournal.openClaim(journal);
      SmallJournal.append(journal, "0");
    }

    @Actor
    public void abandoner(LLL_Result r) {
      journal.abandon(claim);
      r.r1 = "W";
    }

    @Actor
    public void reader(LLL_Result r) {
      r.r2 = SmallJournal.read(reader);
    }

    @Arbiter
    public void rest(LLL_Result r) {
      SmallJournal.append(journal, "b");
      r.r3 = SmallJournal.rest(journal, reader);
    }
  }

  @JCStressTest
  @Outcome(id = "W, A, ab", expect = ACCEPTABLE, desc = "the record is read once")
  @Outcome(expect = FORBIDDEN, desc = "torn, lost or doubled, or a loss counted")
  @State
  public static class AbandonAndAppend {
    private final Journal journal = SmallJournal.open(2, 2, OverflowPolicy.DROP_NEWEST);
    private final JournalReader reader = journal.openReader("reader");

    @Actor
    public void abandoner(LLL_Result r) {
      journal.abandon(SmallJournal.openClaim(journal));
      r.r1 = "W";
    }

    @Actor
    public void appender(LLL_Result r) {
      r.r2 = SmallJournal.append(journal, "a");
    }

    @Arbiter
    public void rest(LLL_Result r) {
      SmallJournal.append(journal, "b");
      r.r3 = SmallJournal.rest(journal, reader);
    }
  }
}
