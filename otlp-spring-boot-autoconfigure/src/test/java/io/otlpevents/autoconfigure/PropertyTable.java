package io.otlpevents.autoconfigure;

import java.util.Map;
import java.util.TreeMap;
import org.json.JSONArray;
import org.json.JSONException;
import org.json.JSONObject;

/** Makes the table of all properties for people to read. */
final class PropertyTable {

  private PropertyTable() {}

  static String of(JSONObject metadata) throws JSONException {
    Map<String, JSONObject> properties = new TreeMap<>();
    JSONArray all = metadata.getJSONArray("properties");
    for (int i = 0; i < all.length(); i++) {
      properties.put(all.getJSONObject(i).getString("name"), all.getJSONObject(i));
    }
    StringBuilder table =
        new StringBuilder(
            """
            # Properties
            Made from the configuration metadata; do not edit. Times are written as `200ms`, `10s`, `5m`,
            sizes as `64KB`, `1MB`; values of several words in lower case with hyphens. A mistake stops the
            start and says which property to change, and how.

            | property | type | default | meaning |
            |---|---|---|---|
            """);
    for (Map.Entry<String, JSONObject> entry : properties.entrySet()) {
      JSONObject property = entry.getValue();
      String value = property.has("defaultValue") ? property.get("defaultValue").toString() : "";
      table
          .append("| `")
          .append(entry.getKey())
          .append("` | ")
          .append(type(property.getString("type")))
          .append(" | ")
          .append(value.isEmpty() ? "" : "`" + value + "`")
          .append(" | ")
          .append(property.getString("description").replace("|", "\\|"))
          .append(" |\n");
    }
    return table.toString();
  }

  private static String type(String javaType) {
    if (javaType.startsWith("java.util.Map<")) {
      return "map of text";
    }
    if (javaType.startsWith("java.util.List<")) {
      return javaType.contains("String") ? "list of text" : "list";
    }
    return switch (javaType) {
      case "java.lang.String" -> "text";
      case "java.lang.Boolean" -> "true or false";
      case "java.lang.Integer", "java.lang.Long", "java.lang.Double" -> "number";
      case "java.time.Duration" -> "time";
      case "org.springframework.util.unit.DataSize" -> "size";
      default -> "choice";
    };
  }
}
