package io.otlpevents.otlp;

import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/** A real receiver on a loopback port that answers as told. */
abstract class ScriptedReceiver implements AutoCloseable {

  /** What arrived. */
  record Received(ExportLogsServiceRequest request, Map<String, String> headers) {}

  final List<Received> received = new CopyOnWriteArrayList<>();

  /** Where requests go that were answered with success; kept unless set otherwise. */
  volatile Consumer<Received> sink = received::add;

  /** The next answers; success when there are none. */
  final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();

  /** An answer in words that both protocols know. */
  enum Answer {
    OK,
    PARTIAL,
    /** Success, with words. */
    WARNED,
    UNAVAILABLE,
    THROTTLED,
    /** Not now, but in a second. */
    DELAYED,
    TOO_LARGE,
    /** Refused in words that repeat the header {@code authorization}. */
    INDISCREET,
    MALFORMED,
    UNAUTHENTICATED,
    FORBIDDEN,
    UNIMPLEMENTED,
    BROKEN,
    GARBAGE,
    NEVER;

    /** Whether it takes the events. */
    boolean isSuccess() {
      return this == OK || this == PARTIAL || this == WARNED || this == GARBAGE;
    }
  }

  abstract URI endpoint();

  abstract void stop();

  /** The answer when none is told. */
  volatile Answer usual = Answer.OK;

  final Answer next() {
    Answer answer = answers.poll();
    return answer == null ? usual : answer;
  }

  static Map<String, String> caseInsensitive() {
    return new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  }

  @Override
  public final void close() throws IOException {
    stop();
  }
}
