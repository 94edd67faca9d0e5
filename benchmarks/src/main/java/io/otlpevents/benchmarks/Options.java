package io.otlpevents.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Command-line options: {@code --name value}, or {@code --name} alone for a switch. */
final class Options {

  private final Map<String, String> values;

  private Options(Map<String, String> values) {
    this.values = values;
  }

  /**
   * @param known the names that may be given; any other is refused
   */
  static Options parse(String[] args, String... known) {
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < args.length; i++) {
      String name = args[i].startsWith("--") ? args[i].substring(2) : "";
      if (!Arrays.asList(known).contains(name)) {
        throw new IllegalArgumentException(
            "unknown argument '" + args[i] + "'; there are --" + String.join(", --", known));
      }
      boolean isSwitch = i + 1 == args.length || args[i + 1].startsWith("--");
      values.put(name, isSwitch ? "true" : args[++i]);
    }
    return new Options(values);
  }

  boolean has(String name) {
    return Boolean.parseBoolean(values.getOrDefault(name, "false"));
  }

  String text(String name, String otherwise) {
    return values.getOrDefault(name, otherwise);
  }

  /** A whole number within these bounds; anything else is refused, so that loads stay bounded. */
  int number(String name, int otherwise, int min, int max) {
    String text = values.get(name);
    int value = text == null ? otherwise : Integer.parseInt(text.replace("_", ""));
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          "--" + name + " must be from " + min + " to " + max + ", but is " + value);
    }
    return value;
  }

  List<Integer> numbers(String name, String otherwise) {
    List<Integer> numbers = new ArrayList<>();
    for (String part : values.getOrDefault(name, otherwise).split(",", -1)) {
      numbers.add(Integer.parseInt(part.strip().replace("_", "")));
    }
    return numbers;
  }

  List<String> texts(String name, String otherwise) {
    return List.of(values.getOrDefault(name, otherwise).split(",", -1));
  }
}
