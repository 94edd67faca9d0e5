package io.otlpevents.pipeline;

import io.opentelemetry.api.logs.Severity;
import io.otlpevents.EmitResult;
import io.otlpevents.EventBuilder;
import io.otlpevents.EventEmitter;
import io.otlpevents.EventRecord;
import io.otlpevents.FlushResult;
import io.otlpevents.encode.EventDraft;
import io.otlpevents.encode.EventEncoder;
import io.otlpevents.journal.AppendResult;
import io.otlpevents.journal.Journal;
import io.otlpevents.ledger.Ledger;
import io.otlpevents.ledger.RejectReason;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Admits, encodes and appends events on the caller's thread, and counts what becomes of them. */
final class JournalingEventEmitter implements EventEmitter {

  private final Ledger ledger;
  private final Journal journal;
  private final EventEncoder encoder;
  private final DraftPool drafts;
  private final int minimumSeverity;
  private final @Nullable Admission admission;
  private final Function<Duration, FlushResult> flush;
  private final RejectionLog rejections;

  JournalingEventEmitter(
      Ledger ledger,
      Journal journal,
      EventEncoder encoder,
      Severity minimumSeverity,
      @Nullable Admission admission,
      LongSupplier nanoTime,
      Function<Duration, FlushResult> flush) {
    this.ledger = ledger;
    this.journal = journal;
    this.encoder = encoder;
    this.drafts = new DraftPool(encoder);
    this.minimumSeverity = minimumSeverity.getSeverityNumber();
    this.admission = admission;
    this.flush = flush;
    this.rejections = new RejectionLog(ledger, nanoTime);
  }

  @Override
  public EventBuilder event(String name) {
    EventDraft draft = drafts.take();
    draft.begin(name);
    return new DraftingEventBuilder(this, draft, name);
  }

  @Override
  public EmitResult emit(EventRecord record) {
    if (record
        == null) { // only ever by a caller that does not check nullness; emitting never throws
      return emitSpent();
    }
    EventBuilder event = event(record.name()).severity(record.severity()).body(record.body());
    if (record.type() != null) {
      event.type(record.type());
    }
    if (record.timestamp() != null) {
      event.timestamp(record.timestamp());
    }
    if (record.context() != null) {
      event.context(record.context());
    }
    record.attributes().forEach(event::attribute);
    return event.payload(record.payload()).emit();
  }

  @Override
  public FlushResult flush(Duration timeout) {
    return flush.apply(timeout);
  }

  /**
   * Ends a draft: in the journal, or counted. The draft is not the caller's any more afterwards.
   */
  EmitResult emit(EventDraft draft, String name, int severity, boolean mayWait) {
    ledger.emitted();
    EmitResult result = EmitResult.ENCODING_FAILED;
    try {
      result = tryEmit(draft, name, severity, mayWait);
    } catch (Throwable e) {
      // The caller's values were read, so anything may come here; none of it is the caller's fault
      // at this place, and emitting never breaks business code.
      reject(RejectReason.ENCODING_FAILED);
    }
    drafts.giveBack(draft);
    return result;
  }

  private EmitResult tryEmit(EventDraft draft, String name, int severity, boolean mayWait) {
    if (severity < minimumSeverity) {
      ledger.filtered();
      return EmitResult.FILTERED;
    }
    if (name.isEmpty()) {
      reject(RejectReason.INVALID);
      return EmitResult.INVALID;
    }
    Admission configured = admission;
    if (configured != null) {
      if (!configured.passes(draft)) {
        ledger.filtered();
        return EmitResult.FILTERED;
      }
      if (!configured.keeps(draft)) {
        ledger.sampledOut();
        return EmitResult.SAMPLED_OUT;
      }
      configured.enrich(draft);
    }
    if (!encoder.encode(draft)) {
      reject(RejectReason.TOO_LARGE);
      return EmitResult.TOO_LARGE;
    }
    AppendResult appended =
        journal.append(draft.bytes(), draft.length(), draft.checksum(), mayWait);
    return switch (appended) {
      case APPENDED -> {
        ledger.appended();
        yield EmitResult.ACCEPTED;
      }
      case FULL -> {
        reject(RejectReason.JOURNAL_FULL);
        yield EmitResult.JOURNAL_FULL;
      }
      case CLOSED -> {
        reject(RejectReason.CLOSED);
        yield EmitResult.CLOSED;
      }
    };
  }

  /** A builder that had been emitted was emitted again, or there is nothing to emit. */
  EmitResult emitSpent() {
    ledger.emitted();
    reject(RejectReason.INVALID);
    return EmitResult.INVALID;
  }

  private void reject(RejectReason reason) {
    ledger.rejected(reason);
    rejections.tell(reason);
  }
}
