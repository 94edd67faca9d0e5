package io.otlpevents.otlp;

import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.otlpevents.encode.EventEncoder;
import java.util.Arrays;
import java.util.BitSet;

/** What a receiver took, as numbers and sums, so that a run may be long. */
final class Taken {

  private final BitSet numbers = new BitSet();
  private int[] uids = new int[1 << 16];
  private long duplicates;
  private long otherUids;
  private long altered;

  synchronized void add(ScriptedReceiver.Received received) {
    received.request().getResourceLogsList().stream()
        .flatMap(resource -> resource.getScopeLogsList().stream())
        .flatMap(scope -> scope.getLogRecordsList().stream())
        .forEach(this::add);
  }

  private void add(LogRecord record) {
    int number = -1;
    int uid = 0;
    for (KeyValue attribute : record.getAttributesList()) {
      switch (attribute.getKey()) {
        case "n" -> number = (int) attribute.getValue().getIntValue();
        case EventEncoder.RECORD_UID -> uid = attribute.getValue().getStringValue().hashCode();
        case "odd" -> {
          if (!attribute.getValue().getStringValue().equals(FaultMixIntegrationTests.ODD_ON_WIRE)) {
            altered++;
          }
        }
        default -> {}
      }
    }
    if (number < 0) {
      altered++;
      return;
    }
    if (number >= uids.length) {
      uids = Arrays.copyOf(uids, Math.max(number + 1, 2 * uids.length));
    }
    if (numbers.get(number)) {
      duplicates++;
      if (uids[number] != uid) {
        otherUids++;
      }
    }
    numbers.set(number);
    uids[number] = uid;
  }

  synchronized BitSet numbers() {
    return (BitSet) numbers.clone();
  }

  /** How many records came again. */
  synchronized long duplicates() {
    return duplicates;
  }

  /** How many of them had another unique id than the first time. */
  synchronized long otherUids() {
    return otherUids;
  }

  /** How many records were not as they were emitted. */
  synchronized long altered() {
    return altered;
  }
}
