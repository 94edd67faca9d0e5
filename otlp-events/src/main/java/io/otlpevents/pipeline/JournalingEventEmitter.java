package io.otlpevents.pipeline;

import io.opentelemetry.api.logs.Severity;
import io.otlpevents.DeferredEvent;
import io.otlpevents.EmitResult;
import io.otlpevents.EventBuilder;
import io.otlpevents.EventEmitter;
import io.otlpevents.EventReceipt;
import io.otlpevents.EventRecord;
import io.otlpevents.EventType;
import io.otlpevents.FlushResult;
import io.otlpevents.encode.EventDraft;
import io.otlpevents.encode.EventEncoder;
import io.otlpevents.encode.SpanMirror;
import io.otlpevents.journal.AppendResult;
import io.otlpevents.journal.Claim;
import io.otlpevents.journal.Journal;
import io.otlpevents.ledger.Ledger;
import io.otlpevents.ledger.RejectReason;
import io.otlpevents.typed.TypedEvent;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Admits, encodes and appends events on the caller's thread, and counts what becomes of them. */
final class JournalingEventEmitter implements EventEmitter {

  private static final Logger logger = LoggerFactory.getLogger(EventPipeline.class);

  private final Ledger ledger;
  private final Journal journal;
  private final EventEncoder encoder;
  private final DraftPool drafts;
  private final Receipts receipts;
  private final int minimumSeverity;
  private final int protectedSeverity;
  private final @Nullable Admission admission;
  private final Admission anyAdmission;
  private final boolean mirrorToSpan;
  private final Function<Duration, FlushResult> flush;
  private final RejectionLog rejections;
  private final OncePerMinute unreadable;

  /**
   * {@link #emit(EventDraft, String, int, boolean)}, as a handle that the compiler cannot see
   * through because it is no constant. Without this border it makes one method of a builder's
   * {@code emit} and everything behind it, finds that too large to put into its callers, and then
   * each event costs the allocation of its builder.
   */
  private final MethodHandle border;

  JournalingEventEmitter(
      Ledger ledger,
      Journal journal,
      EventEncoder encoder,
      Severity minimumSeverity,
      Severity protectedSeverity,
      @Nullable Admission admission,
      Admission anyAdmission,
      boolean mirrorToSpan,
      LongSupplier nanoTime,
      Function<Duration, FlushResult> flush,
      Receipts receipts) {
    this.receipts = receipts;
    this.ledger = ledger;
    this.journal = journal;
    this.encoder = encoder;
    this.drafts = new DraftPool(encoder);
    this.minimumSeverity = minimumSeverity.getSeverityNumber();
    this.protectedSeverity = protectedSeverity.getSeverityNumber();
    this.admission = admission;
    this.anyAdmission = anyAdmission;
    this.mirrorToSpan = mirrorToSpan;
    this.flush = flush;
    this.rejections = new RejectionLog(ledger, nanoTime);
    this.unreadable = new OncePerMinute(nanoTime);
    this.border = border();
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
    if (record.observedTimestamp() != null) {
      event.observedTimestamp(record.observedTimestamp());
    }
    if (record.payload() instanceof byte[] bytes) {
      event.payload(bytes, record.contentType());
    } else if (record.payloadMode() != null) {
      event.payload(record.payload(), record.payloadMode());
    } else {
      event.payload(record.payload());
    }
    return event.emit();
  }

  @Override
  public EmitResult emit(Object event) {
    if (event instanceof EventRecord record) {
      return emit(record);
    }
    if (event
        == null) { // only ever by a caller that does not check nullness; emitting never throws
      return emitSpent();
    }
    EventDraft draft = null;
    DraftingEventBuilder builder;
    try {
      TypedEvent typed = TypedEvent.of(event.getClass());
      if (typed.problem() != null) {
        if (typed.isProblemNews()) {
          logger.warn("Events are refused (INVALID): {}", typed.problem());
        }
        return emitSpent();
      }
      if (typed.severity().getSeverityNumber() < minimumSeverity) {
        // Before anything of it is read.
        ledger.emitted();
        ledger.filtered();
        return EmitResult.FILTERED;
      }
      draft = drafts.take();
      draft.begin(typed.name());
      builder = new DraftingEventBuilder(this, draft, typed.name());
      typed.write(builder, event);
    } catch (Throwable e) {
      return emitUnreadable(draft, event, e);
    }
    return builder.emit();
  }

  /** Counts an event whose values could not be read. */
  private EmitResult emitUnreadable(@Nullable EventDraft draft, Object event, Throwable failure) {
    ledger.emitted();
    reject(RejectReason.ENCODING_FAILED);
    try {
      if (unreadable.isDue()) {
        // Not its message, which may hold what the event would have had redacted.
        logger.warn(
            "{} could not be read: {}", event.getClass().getName(), failure.getClass().getName());
      }
      if (draft != null) {
        drafts.giveBack(draft);
      }
    } catch (Throwable e) {
      // Neither words nor memory are left; the event is counted.
      return EmitResult.ENCODING_FAILED;
    }
    return EmitResult.ENCODING_FAILED;
  }

  @Override
  public FlushResult flush(Duration timeout) {
    return flush.apply(timeout);
  }

  private static MethodHandle border() {
    try {
      return MethodHandles.lookup()
          .findVirtual(
              JournalingEventEmitter.class,
              "emit",
              MethodType.methodType(
                  EmitResult.class, EventDraft.class, String.class, int.class, boolean.class));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  /** {@link #emit(EventDraft, String, int, boolean)} behind the border. */
  EmitResult emitApart(EventDraft draft, String name, int severity, boolean mayWait) {
    try {
      return (EmitResult) border.invokeExact(this, draft, name, severity, mayWait);
    } catch (Throwable e) {
      // What is behind the border throws nothing.
      throw new IllegalStateException(e);
    }
  }

  /**
   * Ends a draft: in the journal, or counted. The draft is not the caller's any more afterwards.
   */
  EmitResult emit(EventDraft draft, String name, int severity, boolean mayWait) {
    EmitResult result = EmitResult.ENCODING_FAILED;
    try {
      ledger.emitted();
      result = tryEmit(draft, name, severity, mayWait);
    } catch (Throwable e) {
      // The caller's values were read, so anything may come here; none of it is the caller's fault
      // at this place, and emitting never breaks business code.
      journal.abandon(claim(draft));
      reject(RejectReason.ENCODING_FAILED);
    }
    try {
      drafts.giveBack(draft);
    } catch (Throwable e) {
      // No memory to tidy it up: the draft is left to the garbage collector.
      return result;
    }
    return result;
  }

  /** Like {@link #emit(EventDraft, String, int, boolean)}, for a caller that wants to be told. */
  EventReceipt emitForReceipt(EventDraft draft, String name, int severity) {
    PendingReceipt receipt = receipts.begin();
    if (receipt == null) {
      EmitResult result = emit(draft, name, severity, true);
      return result.isAccepted()
          ? EventReceipt.failed(result, receipts.tooMany())
          : EventReceipt.notAccepted(result);
    }
    Claim claim = claim(draft);
    EmitResult result = EmitResult.ENCODING_FAILED;
    try {
      ledger.emitted();
      claim.listener(receipt);
      result = tryEmit(draft, name, severity, true);
    } catch (Throwable e) {
      journal.abandon(claim);
      reject(RejectReason.ENCODING_FAILED);
    }
    claim.listener(null);
    try {
      drafts.giveBack(draft);
    } catch (Throwable e) {
      // No memory to tidy it up: the draft is left to the garbage collector.
      return receipt.emitted(result);
    }
    return receipt.emitted(result);
  }

  private EmitResult tryEmit(EventDraft draft, String name, int severity, boolean mayWait) {
    EmitResult encoded = encode(draft, name, severity);
    if (encoded != EmitResult.ACCEPTED) {
      count(encoded);
      return encoded;
    }
    EmitResult result =
        append(claim(draft), draft.bytes(), draft.length(), mayWait, isProtected(draft, severity));
    if (mirrorToSpan && result.isAccepted()) {
      SpanMirror.mirror(draft);
    }
    return result;
  }

  /** Admits and encodes; {@link EmitResult#ACCEPTED} if the record is ready for the journal. */
  private EmitResult encode(EventDraft draft, String name, int severity) {
    if (severity < minimumSeverity) {
      return EmitResult.FILTERED;
    }
    if (name.isEmpty()) {
      return EmitResult.INVALID;
    }
    // Where nothing is configured, only an event with a share of its own has to be admitted.
    Admission configured = draft.share() < 1 ? anyAdmission : admission;
    if (configured != null) {
      if (!configured.passes(draft)) {
        return EmitResult.FILTERED;
      }
      if (!configured.keeps(draft)) {
        return EmitResult.SAMPLED_OUT;
      }
      configured.enrich(draft);
    }
    return encoder.encode(draft) ? EmitResult.ACCEPTED : EmitResult.TOO_LARGE;
  }

  private void count(EmitResult refused) {
    switch (refused) {
      case FILTERED -> ledger.filtered();
      case SAMPLED_OUT -> ledger.sampledOut();
      case INVALID -> reject(RejectReason.INVALID);
      case TOO_LARGE -> reject(RejectReason.TOO_LARGE);
      default -> reject(RejectReason.ENCODING_FAILED);
    }
  }

  private EmitResult append(
      Claim claim, byte[] bytes, int length, boolean mayWait, boolean isProtected) {
    AppendResult appended = journal.append(claim, bytes, length, mayWait, isProtected);
    return switch (appended) {
      case APPENDED -> {
        ledger.appended();
        yield EmitResult.ACCEPTED;
      }
      case UNSYNCED -> {
        ledger.appended();
        yield EmitResult.ACCEPTED_UNSYNCED;
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

  private static Claim claim(EventDraft draft) {
    return (Claim) Objects.requireNonNull(draft.companion());
  }

  /** Whether the event may use what the journal reserves. */
  private boolean isProtected(EventDraft draft, int severity) {
    return severity >= protectedSeverity || draft.type() == EventType.SECURITY_AUDIT;
  }

  /** Ends a draft, but for its place in the journal. The draft is not the caller's any more. */
  DeferredEvent defer(EventDraft draft, String name, int severity) {
    EmitResult encoded = EmitResult.ENCODING_FAILED;
    byte[] record = {};
    int length = 0;
    boolean isProtected = isProtected(draft, severity);
    try {
      encoded = encode(draft, name, severity);
      if (encoded == EmitResult.ACCEPTED) {
        length = draft.length();
        record = Arrays.copyOf(draft.bytes(), Journal.PREFIX + length);
      }
    } catch (Throwable e) {
      // Whatever reading the caller's values throws is told when the event would be emitted.
      encoded = EmitResult.ENCODING_FAILED;
    }
    drafts.giveBack(draft);
    return new EncodedEvent(this, encoded, record, length, isProtected);
  }

  /** Emits what {@link #defer} has encoded. */
  EmitResult emit(EmitResult encoded, byte[] record, int length, boolean isProtected) {
    ledger.emitted();
    Claim claim = new Claim();
    try {
      if (encoded == EmitResult.ACCEPTED) {
        return append(claim, record, length, true, isProtected);
      }
      count(encoded);
      return encoded;
    } catch (Throwable e) {
      journal.abandon(claim);
      reject(RejectReason.ENCODING_FAILED);
      return EmitResult.ENCODING_FAILED;
    }
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

  /** Tells people how many events were refused, once nothing is emitted any more. */
  void tellRejected() {
    rejections.tellRest();
  }
}
