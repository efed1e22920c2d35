/** What stands between a password and the code behind it; where nothing does, how many digits the code has. */
export type AppendedCodeRule = { readonly separator: string } | { readonly digits: number };

/** What a user typed, in the octets that the client sent. */
export interface TypedPassword {
  /** Without the code; may be empty. */
  readonly password: Uint8Array;
  /** Undefined when there was none: then a prompt follows. */
  readonly code: Uint8Array | undefined;
}

/** Digits of the codes that tokens make. RFC 4226 section 5.3. */
const LEAST_DIGITS = 6;
const MOST_DIGITS = 8;
const ZERO = 0x30;
const NINE = 0x39;

/**
 * Splits a code off the end of a password, by its octets, whatever the password is written in:
 *
 *     separator: password, separator (the last one), 6 to 8 digits
 *     digits:    password, so many digits
 *
 * What does not end so is a password as a whole.
 */
export function splitCode(typed: Uint8Array, rule: AppendedCodeRule | undefined): TypedPassword {
  const whole = { password: typed, code: undefined };
  if (rule === undefined) return whole;
  const [passwordEnd, codeAt] =
    "separator" in rule ? aroundSeparator(typed, rule.separator) : beforeDigits(typed, rule);
  if (passwordEnd < 0) return whole;
  const code = typed.subarray(codeAt);
  return isCode(code) ? { password: typed.subarray(0, passwordEnd), code } : whole;
}

function aroundSeparator(typed: Uint8Array, separator: string): [number, number] {
  const at = Buffer.from(typed.buffer, typed.byteOffset, typed.length).lastIndexOf(separator);
  return [at, at + separator.length];
}

function beforeDigits(typed: Uint8Array, { digits }: { readonly digits: number }): [number, number] {
  return [typed.length - digits, typed.length - digits];
}

function isCode(octets: Uint8Array): boolean {
  const { length } = octets;
  return length >= LEAST_DIGITS && length <= MOST_DIGITS && octets.every((octet) => octet >= ZERO && octet <= NINE);
}
