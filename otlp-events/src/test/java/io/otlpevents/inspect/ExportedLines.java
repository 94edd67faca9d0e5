package io.otlpevents.inspect;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.logs.v1.LogRecord;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Reads OTLP/JSON lines with the official parser of protobuf's JSON. */
final class ExportedLines {

  private ExportedLines() {}

  static List<ExportLogsServiceRequest> requests(String lines) throws Exception {
    List<ExportLogsServiceRequest> requests = new ArrayList<>();
    for (String line : lines.lines().toList()) {
      requests.add(parse(line));
    }
    return requests;
  }

  static List<LogRecord> records(String lines) throws Exception {
    return requests(lines).stream()
        .flatMap(request -> request.getResourceLogsList().stream())
        .flatMap(resource -> resource.getScopeLogsList().stream())
        .flatMap(scope -> scope.getLogRecordsList().stream())
        .toList();
  }

  private static ExportLogsServiceRequest parse(String line) throws InvalidProtocolBufferException {
    JsonElement json = JsonParser.parseString(line);
    idsAsBase64(json);
    ExportLogsServiceRequest.Builder request = ExportLogsServiceRequest.newBuilder();
    JsonFormat.parser().merge(json.toString(), request);
    return request.build();
  }

  /** OTLP has ids in hexadecimal, where protobuf's JSON has base64. */
  private static void idsAsBase64(JsonElement json) {
    if (json.isJsonArray()) {
      json.getAsJsonArray().forEach(ExportedLines::idsAsBase64);
    } else if (json.isJsonObject()) {
      JsonObject object = json.getAsJsonObject();
      for (Map.Entry<String, JsonElement> entry : object.entrySet()) {
        if (entry.getKey().equals("traceId") || entry.getKey().equals("spanId")) {
          byte[] id = HexFormat.of().parseHex(entry.getValue().getAsString());
          entry.setValue(new JsonPrimitive(Base64.getEncoder().encodeToString(id)));
        } else {
          idsAsBase64(entry.getValue());
        }
      }
    }
  }
}
