package io.otlpevents.journal;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.zip.CRC32C;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/**
 * Claims at the end of a segment: exactly one of them marks it. W is written, N is no room; the
 * last slot is what {@link SmallJournal#walk} finds.
 */
public class SegmentEndStressTest {

  private static String write(Segment segment, int length) {
    long claim = segment.claim(Segment.align(Segment.FRAME_HEADER + length));
    if (claim == Segment.NO_ROOM) {
      return "N";
    }
    segment.write(claim, new byte[Segment.PREFIX + length], length, new CRC32C());
    return "W";
  }

  @JCStressTest
  @Outcome(id = "(W, N|N, W), 3 1", expect = ACCEPTABLE, desc = "one fits, the other ends it")
  @Outcome(expect = FORBIDDEN, desc = "no end, two, or one elsewhere")
  @State
  public static class LastFitsExactly {
    private final Segment segment = SmallJournal.segment(24);

    @Actor
    public void first(LLL_Result r) {
      r.r1 = write(segment, 8);
    }

    @Actor
    public void second(LLL_Result r) {
      r.r2 = write(segment, 8);
    }

    @Arbiter
    public void walk(LLL_Result r) {
      r.r3 = SmallJournal.walk(segment);
    }
  }

  @JCStressTest
  @Outcome(id = "(W, N|N, W), 3E 1", expect = ACCEPTABLE, desc = "one fits, the other ends it")
  @Outcome(expect = FORBIDDEN, desc = "no end, two, or one elsewhere")
  @State
  public static class LastLeavesRoom {
    private final Segment segment = SmallJournal.segment(40);

    @Actor
    public void first(LLL_Result r) {
      r.r1 = write(segment, 8);
    }

    @Actor
    public void second(LLL_Result r) {
      r.r2 = write(segment, 8);
    }

    @Arbiter
    public void walk(LLL_Result r) {
      r.r3 = SmallJournal.walk(segment);
    }
  }

  @JCStressTest
  @Outcome(id = "N, W, 3E 1", expect = ACCEPTABLE, desc = "the small one came first")
  @Outcome(id = "N, N, E 0", expect = ACCEPTABLE, desc = "the large one came first and ended it")
  @Outcome(expect = FORBIDDEN, desc = "no end, two, or one elsewhere")
  @State
  public static class LargeAndSmall {
    private final Segment segment = SmallJournal.segment(40);

    @Actor
    public void large(LLL_Result r) {
      r.r1 = write(segment, 32);
    }

    @Actor
    public void small(LLL_Result r) {
      r.r2 = write(segment, 8);
    }

    @Arbiter
    public void walk(LLL_Result r) {
      r.r3 = SmallJournal.walk(segment);
    }
  }

  @JCStressTest
  @Outcome(id = "W, S, 3E 1", expect = ACCEPTABLE, desc = "sealed behind the record")
  @Outcome(id = "N, S, E 0", expect = ACCEPTABLE, desc = "sealed before it")
  @Outcome(expect = FORBIDDEN, desc = "no end, two, or one elsewhere")
  @State
  public static class ClaimAndSeal {
    private final Segment segment = SmallJournal.segment(40);

    @Actor
    public void appender(LLL_Result r) {
      r.r1 = write(segment, 8);
    }

    @Actor
    public void sealer(LLL_Result r) {
      segment.seal();
      r.r2 = "S";
    }

    @Arbiter
    public void walk(LLL_Result r) {
      r.r3 = SmallJournal.walk(segment);
    }
  }

  @JCStressTest
  @Outcome(id = "S, S, E 0", expect = ACCEPTABLE, desc = "sealed once")
  @Outcome(expect = FORBIDDEN, desc = "no end, two, or one elsewhere")
  @State
  public static class SealAndSeal {
    private final Segment segment = SmallJournal.segment(40);

    @Actor
    public void first(LLL_Result r) {
      segment.seal();
      r.r1 = "S";
    }

    @Actor
    public void second(LLL_Result r) {
      segment.seal();
      r.r2 = "S";
    }

    @Arbiter
    public void walk(LLL_Result r) {
      r.r3 = SmallJournal.walk(segment);
    }
  }
}
