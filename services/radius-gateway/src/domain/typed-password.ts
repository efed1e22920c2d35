import { type AppendedCodeRule, splitCode, type TypedPassword } from "./appended-code.js";
import { readStaticChallenge } from "./static-challenge.js";

/** How the users of a client may type a code together with their password. */
export interface TypingRules {
  readonly appendedCode?: AppendedCodeRule;
  /** OpenVPN's static challenge is understood. */
  readonly openvpnStaticChallenge?: boolean;
}

/**
 * Takes password and code apart. A static challenge whose response was left empty is a password like any other, and may
 * have its code behind it.
 * @returns undefined for a static challenge that cannot be read
 */
export function readTypedPassword(typed: Uint8Array, rules: TypingRules): TypedPassword | undefined {
  const challenge = rules.openvpnStaticChallenge ? readStaticChallenge(typed) : "none";
  if (challenge === "malformed") return undefined;
  if (challenge !== "none" && challenge.code !== undefined) return challenge;
  return splitCode(challenge === "none" ? typed : challenge.password, rules.appendedCode);
}
