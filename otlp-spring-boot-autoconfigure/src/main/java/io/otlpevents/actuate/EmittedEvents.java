package io.otlpevents.actuate;

import io.otlpevents.delivery.DestinationStatus;
import io.otlpevents.ledger.DestinationAccount;
import io.otlpevents.ledger.EvictionReason;
import io.otlpevents.ledger.Ledger;
import io.otlpevents.ledger.RefusalReason;
import io.otlpevents.ledger.RejectReason;
import io.otlpevents.pipeline.EventPipeline;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * The endpoint's answer.
 *
 * @param balanced whether every emitted event is accounted for
 * @param events what became of events before and in the journal
 * @param journal how full the journal is
 * @param destinations what became of events at each destination, and how it is doing
 */
public record EmittedEvents(
    boolean balanced, Events events, Journal journal, Map<String, DestinationReport> destinations)
    implements OperationResponseBody {

  static EmittedEvents of(EventPipeline pipeline, Instant now) {
    List<DestinationStatus> statuses = pipeline.destinations();
    Ledger.Snapshot ledger = pipeline.ledger().snapshot();
    Map<String, DestinationReport> destinations = new LinkedHashMap<>();
    Instant oldest = null;
    for (DestinationStatus status : statuses) {
      DestinationAccount.Snapshot account = ledger.destinations().get(status.destination());
      destinations.put(
          status.destination(), DestinationReport.of(status, Objects.requireNonNull(account), now));
      Instant since = status.oldestSince();
      if (since != null && (oldest == null || since.isBefore(oldest))) {
        oldest = since;
      }
    }
    return new EmittedEvents(
        ledger.isBalanced(),
        new Events(
            ledger.emitted(),
            ledger.appended(),
            ledger.filtered(),
            ledger.sampledOut(),
            new TreeMap<>(ledger.rejected()),
            ledger.recovered()),
        new Journal(
            pipeline.journalBudget(),
            pipeline.journalSize(),
            pipeline.journalUsed(),
            pipeline.journalFill(),
            age(oldest, now),
            pipeline.ledger().lastRejected(RejectReason.JOURNAL_FULL)),
        destinations);
  }

  /** Not negative, whatever became of the wall clock meanwhile. */
  private static @Nullable Duration age(@Nullable Instant since, Instant now) {
    if (since == null) {
      return null;
    }
    return now.isBefore(since) ? Duration.ZERO : Duration.between(since, now);
  }

  /**
   * Events before and in the journal.
   *
   * @param emitted calls of {@code emit}
   * @param appended events that reached the journal
   * @param filtered events that were not admitted
   * @param sampledOut events that sampling left out
   * @param rejected events refused before the journal; every reason is present
   * @param recovered events found in the journal at start
   */
  public record Events(
      long emitted,
      long appended,
      long filtered,
      long sampledOut,
      Map<RejectReason, Long> rejected,
      long recovered) {}

  /**
   * The journal.
   *
   * @param budgetBytes how much it may take
   * @param sizeBytes how much of that it has taken
   * @param usedBytes how much the slowest destination has not finished with
   * @param fill the same as a share of the budget, from 0 to about 1
   * @param oldestPending how long the oldest event that is being sent has been waiting; null for
   *     none
   * @param lastFull when an event was last rejected because the journal was full; null for never
   */
  public record Journal(
      long budgetBytes,
      long sizeBytes,
      long usedBytes,
      double fill,
      @Nullable Duration oldestPending,
      @Nullable Instant lastFull) {}

  /**
   * A destination.
   *
   * @param state whether requests flow
   * @param since since when it has been in this state
   * @param failures failures in a row since it last answered
   * @param lastError what went wrong last, without the values of headers; null for nothing so far
   * @param lastErrorAt when
   * @param lastAnswerAt when the receiver last answered; null for never
   * @param requestsInFlight requests under way
   * @param retries requests that had to be sent again
   * @param delivered events the receiver has acknowledged
   * @param refused events it refused for good; every reason is present
   * @param evicted events that left the journal undelivered; every reason is present
   * @param filtered events that this destination is not meant to get
   * @param pending events that still wait
   * @param pendingBytes how much of the journal they take
   * @param oldestPending how long the oldest event that is being sent has been waiting; null for
   *     none
   */
  public record DestinationReport(
      DestinationStatus.State state,
      Instant since,
      long failures,
      @Nullable String lastError,
      @Nullable Instant lastErrorAt,
      @Nullable Instant lastAnswerAt,
      int requestsInFlight,
      long retries,
      long delivered,
      Map<RefusalReason, Long> refused,
      Map<EvictionReason, Long> evicted,
      long filtered,
      long pending,
      long pendingBytes,
      @Nullable Duration oldestPending) {

    private static DestinationReport of(
        DestinationStatus status, DestinationAccount.Snapshot account, Instant now) {
      return new DestinationReport(
          status.state(),
          status.since(),
          status.failures(),
          status.lastError(),
          status.lastErrorAt(),
          status.lastAnswerAt(),
          status.inFlight(),
          account.retries(),
          account.delivered(),
          new TreeMap<>(account.refused()),
          new TreeMap<>(account.evicted()),
          account.filtered(),
          account.pending(),
          status.pendingBytes(),
          age(status.oldestSince(), now));
    }
  }
}
