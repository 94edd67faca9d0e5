package io.otlpevents;

/**
 * What kind of occurrence an event reports. Recorded as the attribute {@value #ATTRIBUTE}, so that
 * a back end can route or retain security audit differently from sensor data.
 */
public enum EventType {
  /** Something a person did, such as placing an order. */
  USER_ACTION("user_action"),
  /** A step of a business process, such as a shipment leaving. */
  BUSINESS_PROCESS("business_process"),
  /** A change of the system's own state, such as a feature being switched on. */
  SYSTEM_STATE("system_state"),
  /** Something an auditor may ask for; never sampled. */
  SECURITY_AUDIT("security_audit"),
  /** A reading or a signal of a device. */
  IOT_DATA("iot_data"),
  /** None of the above; recorded without the attribute. */
  CUSTOM("custom");

  /**
   * The key of the attribute that carries {@link #value()}. It is this project's own, because
   * OpenTelemetry's semantic conventions have no such attribute and keep {@code event.*} for
   * themselves.
   */
  public static final String ATTRIBUTE = "otlpevents.type";

  private final String value;

  EventType(String value) {
    this.value = value;
  }

  /** The text that is recorded, in lower case with underscores. */
  public String value() {
    return value;
  }
}
