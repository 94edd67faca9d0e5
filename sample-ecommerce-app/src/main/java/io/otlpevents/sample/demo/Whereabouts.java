package io.otlpevents.sample.demo;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import io.otlpevents.FlushResult;
import io.otlpevents.console.OtlpReceiver;
import io.otlpevents.console.ReceivedEvent;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Tells where the events go, and what arrived there. */
@Component
class Whereabouts {

  private static final Logger log = LoggerFactory.getLogger(Whereabouts.class);

  private final @Nullable OtlpReceiver receiver;
  private final String endpoint;

  Whereabouts(
      ObjectProvider<OtlpReceiver> receiver,
      @Value("${" + EmbeddedReceiverSwitch.EMBEDDED + ":false}") boolean embedded,
      @Value("${otlp.endpoint:}") String endpoint) {
    this.receiver = embedded ? receiver.getObject() : null;
    this.endpoint = endpoint;
  }

  @EventListener(ApplicationStartedEvent.class)
  void tell() {
    log.info(where());
  }

  /**
   * What became of the demo's events.
   *
   * @param emitted how many events were emitted, by name
   * @param flushed what the flush after the last of them achieved
   */
  String summary(Map<String, Long> emitted, FlushResult flushed) {
    Map<String, Long> arrived =
        receiver == null
            ? Map.of()
            : receiver.events().stream().collect(groupingBy(ReceivedEvent::eventName, counting()));
    StringBuilder text = new StringBuilder();
    line(text, "event", "emitted", receiver == null ? "" : "arrived");
    emitted.forEach(
        (name, count) ->
            line(
                text,
                name,
                count.toString(),
                receiver == null ? "" : arrived.getOrDefault(name, 0L).toString()));
    if (receiver != null && receiver.stats().evicted() > 0) {
      text.append("\n  The receiver keeps the newest events only (otlp.console.max-events).");
    }
    if (!flushed.complete()) {
      text.append("\n  ").append(flushed.pending()).append(" events are still on their way.");
    }
    return text.append('\n').append(where()).toString();
  }

  private String where() {
    if (receiver == null) {
      return endpoint.isBlank()
          ? "Events go to a Collector at its usual address on this machine"
          : "Events go to the Collector at " + endpoint;
    }
    String url = "http://" + receiver.host() + ":" + receiver.httpPort() + "/events";
    return """
        Events go to the embedded receiver, because otlp.endpoint is not set. Look at them:
          all      %1$s
          by name  %1$s?name=order.placed"""
        .formatted(url);
  }

  private static void line(StringBuilder text, String name, String emitted, String arrived) {
    text.append(
        String.format(Locale.ROOT, "%n  %-20s %9s %9s", name, emitted, arrived).stripTrailing());
  }
}
