/** Why octets are no RADIUS packet, or no value of the attribute they claim to be. Closed: it is also a metric label. */
export const MALFORMED_REASONS = [
  /** Fewer than 20 octets arrived. */
  "too-short",
  /** Length is below 20, above 4096 or beyond the datagram. */
  "bad-length",
  /** An attribute has type 0. */
  "attribute-type-zero",
  /** The Length of an attribute is 0 or 1. */
  "attribute-length",
  /** An attribute, or its header, goes beyond Length. */
  "attribute-overrun",
  /** More attributes than MAX_ATTRIBUTES. */
  "too-many-attributes",
  /** A Message-Authenticator that is not 18 octets long. */
  "message-authenticator-length",
  /** More than one Message-Authenticator. */
  "message-authenticator-repeated",
  /** A User-Password that is not 16 to 128 octets in steps of 16, or a password beyond 128 octets. */
  "user-password-length",
  /** A value hidden with the shared secret whose length, or the length within it, cannot be. */
  "hidden-length",
] as const;

/** @see MALFORMED_REASONS */
export type MalformedReason = (typeof MALFORMED_REASONS)[number];

/** Malformed input as a value: it is counted and discarded, never thrown. */
export interface Malformed {
  readonly malformed: MalformedReason;
}

const VALUES = new Map<MalformedReason, Malformed>(
  MALFORMED_REASONS.map((reason) => [reason, Object.freeze({ malformed: reason })]),
);

/** @returns the one value of `reason`; a flood of bad packets allocates nothing. */
export function malformed(reason: MalformedReason): Malformed {
  return VALUES.get(reason) ?? { malformed: reason };
}

/** Tells malformed input from what was decoded. */
export function isMalformed(value: object): value is Malformed {
  return "malformed" in value;
}
