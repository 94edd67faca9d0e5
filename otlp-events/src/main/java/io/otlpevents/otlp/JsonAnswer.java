package io.otlpevents.otlp;

import io.otlpevents.delivery.DeliveryOutcome;
import io.otlpevents.delivery.DeliveryOutcome.Delivered;
import io.otlpevents.delivery.DeliveryOutcome.PartiallyDelivered;
import io.otlpevents.otlp.Transport.Response;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the three fields that matter of a JSON answer. A quote inside of JSON text has a backslash
 * before it, so a name after a brace, a comma or a blank can only be a name.
 */
final class JsonAnswer {

  private static final Pattern REJECTED =
      Pattern.compile("[{,\\s]\"rejectedLogRecords\"\\s*:\\s*\"?([0-9]{1,18})");
  // Possessive, so that long text does not use up the stack.
  private static final String TEXT = "\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*+)\"";
  private static final Pattern ERROR_MESSAGE = Pattern.compile("[{,\\s]\"errorMessage" + TEXT);
  private static final Pattern MESSAGE = Pattern.compile("[{,\\s]\"message" + TEXT);
  private static final int LONGEST_READ = 4096;

  private JsonAnswer() {}

  static DeliveryOutcome read(Response response) {
    int length = Math.min(response.body().length, LONGEST_READ);
    String body = new String(response.body(), 0, length, StandardCharsets.UTF_8);
    if (!Answers.success(response)) {
      return Answers.http(response, find(MESSAGE, body));
    }
    if (Answers.isPage(response)) {
      return Answers.PAGE;
    }
    String rejected = find(REJECTED, body);
    long count = rejected.isEmpty() ? 0 : Long.parseLong(rejected);
    String message = find(ERROR_MESSAGE, body);
    return count == 0 && message.isEmpty()
        ? new Delivered()
        : new PartiallyDelivered(count, message);
  }

  /** The text found, with escapes as they came; empty if there is none. */
  private static String find(Pattern pattern, String body) {
    Matcher matcher = pattern.matcher(body);
    return matcher.find() ? matcher.group(1) : "";
  }
}
