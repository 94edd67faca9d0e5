package io.otlpevents.ledger;

/** Why a destination refused an event for good; it is not sent again. */
public enum RefusalReason {
  /** The receiver took the request and rejected some of its records (OTLP partial success). */
  PARTIAL_SUCCESS,
  /** The receiver says that the request is malformed. */
  INVALID_REQUEST,
  /** The receiver does not accept who we are. */
  UNAUTHENTICATED,
  /** The receiver knows who we are and does not let us. */
  PERMISSION_DENIED,
  /** The request is larger than the receiver allows. */
  TOO_LARGE,
  /** The receiver does not offer the OTLP logs service at this address. */
  UNIMPLEMENTED,
  /** Any other answer that OTLP declares final. */
  OTHER
}
