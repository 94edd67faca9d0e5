package io.otlpevents.otlp;

import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Which {@linkplain NumberedEvent numbered events} arrived, and what was wrong with them. */
final class NumberedArrivals {

  private static final int MAX_TOLD = 20;

  // Guarded by this.
  private final Map<Integer, long[]> uids = new HashMap<>();
  private final List<String> mistakes = new ArrayList<>();
  private long arrived;
  private long duplicates;

  /** Takes a request. */
  synchronized void add(ScriptedReceiver.Received received) {
    for (ResourceLogs resource : received.request().getResourceLogsList()) {
      String instance = instance(resource);
      for (ScopeLogs scope : resource.getScopeLogsList()) {
        for (LogRecord event : scope.getLogRecordsList()) {
          add(event, instance);
        }
      }
    }
  }

  private static String instance(ResourceLogs resource) {
    for (KeyValue attribute : resource.getResource().getAttributesList()) {
      if (attribute.getKey().equals("service.instance.id")) {
        return attribute.getValue().getStringValue();
      }
    }
    return "";
  }

  private void add(LogRecord event, String instance) {
    int process = NumberedEvent.process(event);
    int number = NumberedEvent.number(event);
    if (!new NumberedEvent(process, number).equals(event)) {
      mistake("altered: " + event);
    }
    if (!instance.equals("process-" + process)) {
      mistake("an event of process " + process + " arrived under " + instance);
    }
    long uid = folded(NumberedEvent.uid(event));
    long[] seen = uids.computeIfAbsent(process, key -> new long[64]);
    if (number >= seen.length) {
      seen = Arrays.copyOf(seen, Math.max(number + 1, 2 * seen.length));
      uids.put(process, seen);
    }
    if (seen[number] == 0) {
      seen[number] = uid;
      arrived++;
    } else {
      duplicates++;
      if (seen[number] != uid) {
        mistake("event " + process + "/" + number + " arrived twice with different ids");
      }
    }
  }

  private static long folded(String uid) {
    UUID id = UUID.fromString(uid);
    return id.getMostSignificantBits() ^ Long.rotateLeft(id.getLeastSignificantBits(), 17);
  }

  private void mistake(String words) {
    if (mistakes.size() < MAX_TOLD) {
      mistakes.add(words.substring(0, Math.min(500, words.length())));
    }
  }

  /** Those of these numbers that have not arrived. */
  synchronized BitSet missing(int process, BitSet numbers) {
    BitSet missing = (BitSet) numbers.clone();
    long[] seen = uids.getOrDefault(process, new long[0]);
    for (int i = 0; i < seen.length; i++) {
      if (seen[i] != 0) {
        missing.clear(i);
      }
    }
    return missing;
  }

  /** What arrived and should not have, in words. */
  synchronized List<String> mistakes() {
    return List.copyOf(mistakes);
  }

  synchronized long arrived() {
    return arrived;
  }

  synchronized long duplicates() {
    return duplicates;
  }
}
