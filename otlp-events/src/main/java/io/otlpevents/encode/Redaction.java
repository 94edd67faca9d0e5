package io.otlpevents.encode;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Rules made ready for use. Safe for any number of threads: decisions are remembered in a bounded
 * table whose entries are immutable.
 */
final class Redaction {

  /** The decision to record a value as it is. */
  static final Decision KEEP = new Decision(null, null);

  private static final Decision FIXED_MASK = new Decision(RedactionRule.Action.MASK, null);
  private static final int SLOTS = 1024;
  private static final int LONGEST_REMEMBERED = 128;

  /** A longer path costs too much to match, so it is not recorded in the clear. */
  private static final int LONGEST_MATCHED = 4096;

  private final List<Rule> rules = new ArrayList<>();
  private final List<Pattern> texts = new ArrayList<>();
  private final AtomicReferenceArray<@Nullable Entry> slots = new AtomicReferenceArray<>(SLOTS);

  /** For values that are marked to be hashed. */
  private final Decision marked;

  private Redaction(List<RedactionRule> given) {
    Decision marked = FIXED_MASK;
    for (RedactionRule rule : given) {
      if (rule.text != null) {
        texts.add(rule.text);
      } else if (rule.key != null) {
        Mac mac = rule.hashKey == null ? null : mac(rule.hashKey);
        rules.add(new Rule(compile(rule.key), new Decision(rule.action, mac)));
      } else if (rule.hashKey != null) {
        marked = new Decision(rule.action, mac(rule.hashKey));
      }
    }
    this.marked = marked;
  }

  /** The given rules; null if there are none. */
  static @Nullable Redaction of(List<RedactionRule> rules) {
    return rules.isEmpty() ? null : new Redaction(rules);
  }

  private static Mac mac(byte[] key) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac;
    } catch (GeneralSecurityException e) {
      // Every Java platform has to provide it.
      throw new IllegalStateException(e);
    }
  }

  private static Pattern compile(String glob) {
    StringBuilder regex = new StringBuilder("(?:^|\\.)");
    for (int i = 0; i < glob.length(); i++) {
      char c = glob.charAt(i);
      if (c == '*' && i + 1 < glob.length() && glob.charAt(i + 1) == '*') {
        regex.append(".*");
        i++;
      } else if (c == '*') {
        regex.append("[^.]*");
      } else if (Character.isLetterOrDigit(c) || c >= 0x80) {
        regex.append(c);
      } else {
        regex.append('\\').append(c);
      }
    }
    return Pattern.compile(
        regex.append("(?:\\.|$)").toString(),
        Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.DOTALL);
  }

  boolean hasKeys() {
    return !rules.isEmpty();
  }

  Decision decide(String path) {
    int hash = path.hashCode();
    int slot = (hash ^ hash >>> 16) & SLOTS - 1;
    Entry entry = slots.getAcquire(slot);
    if (entry != null && entry.path.equals(path)) {
      return entry.decision;
    }
    Decision decision = match(path);
    if (path.length() <= LONGEST_REMEMBERED) {
      slots.setRelease(slot, new Entry(path, decision));
    }
    return decision;
  }

  private Decision match(String path) {
    if (path.length() > LONGEST_MATCHED) {
      return rules.isEmpty() ? KEEP : FIXED_MASK;
    }
    for (Rule rule : rules) {
      if (rule.pattern.matcher(path).find()) {
        return rule.decision;
      }
    }
    return KEEP;
  }

  /** The hash of a value that is marked to be hashed, or its mask. */
  String hash(Object value) {
    if (!marked.hashes()) {
      return RedactionRule.MASK;
    }
    return value instanceof byte[] bytes
        ? marked.replace(bytes)
        : marked.replace(String.valueOf(value));
  }

  /** The text with what the rules for texts find masked. */
  String text(String text) {
    String redacted = text;
    for (int i = 0, end = texts.size(); i < end; i++) {
      Matcher matcher = texts.get(i).matcher(redacted);
      if (matcher.find()) {
        redacted = matcher.replaceAll(Matcher.quoteReplacement(RedactionRule.MASK));
      }
    }
    return redacted;
  }

  /** What to do with a value; for any thread. */
  record Decision(RedactionRule.@Nullable Action action, @Nullable Mac mac) {

    boolean keeps() {
      return action == null;
    }

    boolean drops() {
      return action == RedactionRule.Action.DROP;
    }

    boolean hashes() {
      return mac != null;
    }

    /** What is recorded for a value with this text. */
    String replace(String text) {
      return replace(text.getBytes(StandardCharsets.UTF_8));
    }

    String replace(byte[] bytes) {
      if (mac == null) {
        return RedactionRule.MASK;
      }
      try {
        Mac own = (Mac) mac.clone();
        return HexFormat.of().formatHex(own.doFinal(bytes));
      } catch (CloneNotSupportedException e) {
        // Some security providers' cannot be copied; never record the value for that.
        return RedactionRule.MASK;
      }
    }
  }

  private record Rule(Pattern pattern, Decision decision) {}

  private record Entry(String path, Decision decision) {}
}
