package io.otlpevents.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

class EventStoreTests {

  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  @Test
  void numbersEventsInTheOrderOfArrival() {
    EventStore store = new EventStore(10, 1_000_000);
    add(store, Exports.named("a", "b"));
    add(store, Exports.named("c"));

    assertThat(store.events())
        .extracting(ReceivedEvent::sequence, ReceivedEvent::eventName)
        .containsExactly(tuple(1, "a"), tuple(2, "b"), tuple(3, "c"));
    assertThat(store.eventsAfter(2)).extracting(ReceivedEvent::eventName).containsExactly("c");
    assertThat(store.eventsAfter(3)).isEmpty();
  }

  @Test
  void carriesResourceScopeAndRecordUnchanged() {
    EventStore store = new EventStore(10, 1_000_000);
    add(store, Exports.of(Exports.FULL_RECORD));

    assertThat(store.events())
        .containsExactly(
            new ReceivedEvent(
                1,
                NOW,
                Transport.GRPC,
                Exports.RESOURCE,
                "https://schema/resource",
                Exports.SCOPE,
                "https://schema/scope",
                Exports.FULL_RECORD));
  }

  @Test
  void evictsTheOldestBeyondTheirNumberAndCountsThem() {
    EventStore store = new EventStore(2, 1_000_000);
    assertThat(add(store, Exports.named("a", "b", "c"))).hasSize(3);
    add(store, Exports.named("d"));

    assertThat(store.events()).extracting(ReceivedEvent::eventName).containsExactly("c", "d");
    assertThat(store.stats()).isEqualTo(new ReceiverStats(4, 2, 2, 2));
  }

  @Test
  void evictsTheOldestBeyondTheirSizeAndCountsThem() {
    EventStore store = new EventStore(1_000, 10_000);
    for (int i = 0; i < 20; i++) {
      add(store, Exports.ofSize(2_000));
    }

    assertThat(store.events()).hasSize(4);
    assertThat(store.events().get(3).sequence()).isEqualTo(20);
    assertThat(store.stats()).isEqualTo(new ReceiverStats(20, 4, 16, 20));
  }

  @Test
  void chargesSmallEventsForWhatTheyOccupy() {
    EventStore store = new EventStore(Integer.MAX_VALUE, 10_000);
    String[] unnamed = new String[1_000];
    Arrays.fill(unnamed, "");
    add(store, Exports.named(unnamed));

    assertThat(store.events()).hasSizeLessThan(51);
  }

  @Test
  void countsAnEventThatIsLargerThanTheStoreAsEvicted() {
    EventStore store = new EventStore(10, 1_000);
    add(store, Exports.named("small"));
    add(store, Exports.ofSize(2_000));

    assertThat(store.stats()).isEqualTo(new ReceiverStats(2, 0, 2, 2));
    add(store, Exports.named("small"));
    assertThat(store.events()).hasSize(1);
  }

  @Test
  void countsOnAfterClearing() {
    EventStore store = new EventStore(10, 1_000_000);
    add(store, Exports.named("a", "b"));
    store.clear();
    assertThat(store.events()).isEmpty();
    add(store, Exports.named("c"));

    assertThat(store.events()).extracting(ReceivedEvent::sequence).containsExactly(3L);
    assertThat(store.stats()).isEqualTo(new ReceiverStats(3, 1, 0, 2));
  }

  @Test
  void clearingMakesRoom() {
    EventStore store = new EventStore(10, 5_000);
    add(store, Exports.ofSize(4_000));
    store.clear();
    add(store, Exports.ofSize(4_000));

    assertThat(store.stats().evicted()).isZero();
  }

  @Test
  void countsArrivalsSinceTheLastClearEvenWhenEvicted() throws Exception {
    EventStore store = new EventStore(1, 1_000_000);
    add(store, Exports.named("a", "b", "c"));
    assertThat(store.awaitArrivals(3, 0)).isEqualTo(3);
    store.clear();
    assertThat(store.awaitArrivals(1, 1)).isZero();
  }

  @Test
  void givesOutListsThatNobodyCanChange() {
    EventStore store = new EventStore(10, 1_000_000);
    List<ReceivedEvent> before = store.events();
    add(store, Exports.named("a"));

    assertThat(before).isEmpty();
    assertThatThrownBy(() -> store.events().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  private static List<ReceivedEvent> add(EventStore store, ExportLogsServiceRequest request) {
    return store.add(request, Transport.GRPC, NOW);
  }

  private static Tuple tuple(long sequence, String name) {
    return Tuple.tuple(sequence, name);
  }
}
