import type { KeyedDigest, Sealer } from "@portcullis/kit";
import { challengeStatePlace, type LoginId } from "@portcullis/login";
import { type Challenge, isPlain, PLAIN_CHALLENGE } from "../domain/challenge.js";
import type { ChallengeCodec } from "./ports.js";

const NOTHING = new Uint8Array(0);
const TEXT_CODE_DIGITS = 6;
const NUMBER_DIGITS = 2;
/** Of a keyed digest: enough that no remainder is likelier than another one by more than one in a million million. */
const DIGEST_CHARACTERS = 16;

export interface ChallengesParts {
  readonly codec: ChallengeCodec;
  readonly sealer: Sealer;
  readonly digest: KeyedDigest;
}

/**
 * How logins are asked: kept sealed with the login, and whatever is random about it made of the login by a keyed digest, so that
 * a repeated step, at any replica, asks for the very same.
 */
export class Challenges {
  readonly #parts: ChallengesParts;

  constructor(parts: ChallengesParts) {
    this.#parts = parts;
  }

  seal(loginId: LoginId, challenge: Challenge): Uint8Array {
    if (isPlain(challenge)) return NOTHING;
    return this.#parts.sealer.seal(this.#parts.codec.encode(challenge), challengeStatePlace(loginId));
  }

  /** Throws for what was not sealed for this login: somebody else has put it there. */
  open(loginId: LoginId, sealed: Uint8Array): Challenge {
    if (sealed.length === 0) return PLAIN_CHALLENGE;
    const plain = this.#parts.sealer.open(sealed, challengeStatePlace(loginId));
    if (plain === undefined) throw new Error("How a login is asked was not sealed for it.");
    return this.#parts.codec.decode(plain);
  }

  /** The id of the attempt to reach a user that begins with this switch of a login; 0 for its first way. */
  idOf(loginId: LoginId, switches: number): string {
    return this.#parts.digest.hex("challenge", loginId, String(switches));
  }

  /** The code of all the texts of a login: one that is sent again has the same. */
  textCode(loginId: LoginId): string {
    return this.#digits("text code", loginId, TEXT_CODE_DIGITS);
  }

  /** What a prompt shows of it. */
  shown({ way, challengeId }: Challenge): { readonly number?: string } {
    return way.matching === "number" ? { number: this.number(challengeId) } : {};
  }

  /** What an approval in the app has to name, where the client shows it. */
  number(challengeId: string): string {
    return this.#digits("number", challengeId, NUMBER_DIGITS);
  }

  /** In an order of the challenge's own, which tells nothing. */
  ordered(challengeId: string, names: readonly string[]): string[] {
    const placed = names.map((name) => ({ name, place: this.#parts.digest.hex("order", challengeId, name) }));
    return placed.toSorted((one, other) => (one.place < other.place ? -1 : 1)).map(({ name }) => name);
  }

  #digits(purpose: string, id: string, count: number): string {
    const digest = this.#parts.digest.hex(purpose, id).slice(0, DIGEST_CHARACTERS);
    const number = BigInt(`0x${digest}`) % 10n ** BigInt(count);
    return number.toString().padStart(count, "0");
  }
}
