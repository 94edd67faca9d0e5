package io.otlpevents.pipeline;

import io.otlpevents.EventEnricher;
import io.otlpevents.EventFilter;
import io.otlpevents.encode.EventDraft;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the user's filters and enrichers, and sampling, on the emitting thread. Exists only where
 * one of them is configured. Safe for any number of threads.
 *
 * <p>Whatever user code throws stays here, {@link VirtualMachineError}s included: a stack overflow
 * or a lack of memory in a filter is no more the business code's fault than an exception is.
 */
final class Admission {

  private static final Logger logger = LoggerFactory.getLogger(EventPipeline.class);

  private final EventFilter[] filters;
  private final Sampling sampling;
  private final EventEnricher[] enrichers;
  private final OncePerMinute filterFailures;
  private final OncePerMinute enricherFailures;

  Admission(
      List<EventFilter> filters,
      Sampling sampling,
      List<EventEnricher> enrichers,
      LongSupplier nanoTime) {
    this.filters = filters.toArray(EventFilter[]::new);
    this.sampling = sampling;
    this.enrichers = enrichers.toArray(EventEnricher[]::new);
    this.filterFailures = new OncePerMinute(nanoTime);
    this.enricherFailures = new OncePerMinute(nanoTime);
  }

  /** Whether every filter consents. */
  boolean passes(EventDraft draft) {
    for (EventFilter filter : filters) {
      DraftView view = new DraftView(draft);
      try {
        if (!filter.test(view)) {
          return false;
        }
      } catch (Throwable e) {
        tell(filterFailures, "A filter failed; the event was let pass: {}", filter, e);
      } finally {
        view.expire();
      }
    }
    return true;
  }

  /** Whether sampling keeps the event; if so, the draft says how likely that was. */
  boolean keeps(EventDraft draft) {
    return sampling.keep(draft);
  }

  /** Lets the enrichers add to the draft. */
  void enrich(EventDraft draft) {
    if (enrichers.length == 0) {
      return;
    }
    draft.beginEnriching();
    for (EventEnricher enricher : enrichers) {
      DraftView view = new DraftView(draft);
      try {
        enricher.enrich(view, view);
      } catch (Throwable e) {
        tell(enricherFailures, "An enricher failed and was skipped for an event: {}", enricher, e);
      } finally {
        view.expire();
      }
    }
    draft.endEnriching();
  }

  private static void tell(OncePerMinute gate, String message, Object culprit, Throwable e) {
    try {
      if (gate.isDue()) {
        logger.warn(message, culprit.getClass().getName(), e);
      }
    } catch (Throwable unloggable) {
      // The stack or the memory is spent, or the logging system is broken; the event goes on.
      return;
    }
  }
}
