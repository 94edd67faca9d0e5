package io.otlpevents.console;

import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Where the protocols hand over what they have decoded: into the store, then to the listeners. */
final class Intake {

  private static final System.Logger LOG = System.getLogger(OtlpReceiver.class.getName());

  private final EventStore store;
  private final Clock clock;
  private final List<Consumer<? super ReceivedEvent>> listeners = new CopyOnWriteArrayList<>();

  Intake(EventStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  void accept(ExportLogsServiceRequest request, Transport transport) {
    List<ReceivedEvent> events = store.add(request, transport, clock.instant());
    for (Consumer<? super ReceivedEvent> listener : listeners) {
      for (ReceivedEvent event : events) {
        notify(listener, event);
      }
    }
  }

  void add(Consumer<? super ReceivedEvent> listener) {
    listeners.add(listener);
  }

  void remove(Consumer<? super ReceivedEvent> listener) {
    listeners.remove(listener);
  }

  /** The event is stored already: a listener's failure must not make the sender repeat it. */
  private static void notify(Consumer<? super ReceivedEvent> listener, ReceivedEvent event) {
    try {
      listener.accept(event);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "A listener of the OTLP receiver failed", e);
    }
  }
}
