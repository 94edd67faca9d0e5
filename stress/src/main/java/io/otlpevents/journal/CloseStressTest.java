package io.otlpevents.journal;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** Closing while others append: what was appended is read, what was refused is not. */
public class CloseStressTest {

  @JCStressTest
  @Outcome(id = "AA, C, 0ab", expect = ACCEPTABLE, desc = "closed behind both")
  @Outcome(id = "AC, C, 0a", expect = ACCEPTABLE, desc = "closed between them")
  @Outcome(id = "CC, C, 0", expect = ACCEPTABLE, desc = "closed before both")
  @Outcome(expect = FORBIDDEN, desc = "appended and not read, or refused and read")
  @State
  public static class WithinASegment {
    private final Journal journal = SmallJournal.open(2, 4, OverflowPolicy.DROP_NEWEST);
    private final JournalReader reader = journal.openReader("reader");

    public WithinASegment() {
      SmallJournal.append(journal, "0");
    }

    @Actor
    public void appender(LLL_Result r) {
      r.r1 = SmallJournal.append(journal, "ab");
    }

    @Actor
    public void closer(LLL_Result r) {
      journal.close();
      r.r2 = SmallJournal.append(journal, "z");
    }

    @Arbiter
    public void rest(LLL_Result r) {
      r.r3 = SmallJournal.rest(journal, reader);
    }
  }

  @JCStressTest
  @Outcome(id = "AA, C, 0ab", expect = ACCEPTABLE, desc = "closed behind both")
  @Outcome(id = "AC, C, 0a", expect = ACCEPTABLE, desc = "closed between them")
  @Outcome(id = "CC, C, 0", expect = ACCEPTABLE, desc = "closed before both")
  @Outcome(expect = FORBIDDEN, desc = "appended and not read, or refused and read")
  @State
  public static class AtTheEndOfASegment {
    private final Journal journal = SmallJournal.open(2, 2, OverflowPolicy.DROP_NEWEST);
    private final JournalReader reader = journal.openReader("reader");

    public AtTheEndOfASegment() {
      SmallJournal.append(journal, "0");
    }

    @Actor
    public void appender(LLL_Result r) {
      r.r1 = SmallJournal.append(journal, "ab");
    }

    @Actor
    public void closer(LLL_Result r) {
      journal.close();
      r.r2 = SmallJournal.append(journal, "z");
    }

    @Arbiter
    public void rest(LLL_Result r) {
      r.r3 = SmallJournal.rest(journal, reader);
    }
  }
}
