import {
  checkSerial,
  checkTokenSecret,
  checkUserName,
  decodeBase32,
  MAX_TOKEN_COUNTER,
  MAX_TOKENS_PER_USER,
} from "@portcullis/configuration";
import type { KeyedDigest, Log, Sealer } from "@portcullis/kit";
import { loginNameOf, type UserId } from "@portcullis/login";
import type { Token } from "../domain/token.js";
import type { TotpAlgorithm } from "../domain/totp.js";
import { sealedToken } from "./sealed-token.js";
import type { StandingToken, TokenBatches } from "./token-batch-ports.js";

/** A token as a command brings it; nothing of it was checked. */
export interface BatchToken {
  readonly serial: string;
  readonly userName: string;
  readonly type: Token["type"];
  /** Base32. */
  readonly secret: string;
  readonly digits: number;
  readonly periodSeconds: number;
  readonly algorithm: TotpAlgorithm;
  /** hotp: of the next code. */
  readonly counter: number;
}

export type BatchOutcome =
  | { readonly serial: string; readonly outcome: "added" | "replaced" }
  /** The reason never holds a secret. */
  | { readonly serial: string; readonly outcome: "refused"; readonly reason: string };

export interface ImportTokenBatchParts {
  readonly tokens: TokenBatches;
  readonly sealer: Sealer;
  readonly digest: KeyedDigest;
  readonly log: Log;
}

type Checked = { readonly token: BatchToken; readonly userId: UserId; readonly replaces: boolean };

/**
 * Takes over tokens that a command brings. Each is taken or refused by itself; the same batch again changes nothing more. Nobody's
 * token becomes another user's, and one of the file or of a device stays theirs.
 */
export class ImportTokenBatch {
  readonly #parts: ImportTokenBatchParts;

  constructor(parts: ImportTokenBatchParts) {
    this.#parts = parts;
  }

  /**
   * @param store false: everything is checked and nothing stored
   * @returns what became of each token, in their order. Rejects with `Unavailable` when the database is away.
   */
  async execute(batch: readonly BatchToken[], store: boolean): Promise<readonly BatchOutcome[]> {
    const checked = await this.#check(batch);
    const good = checked.filter((one) => typeof one !== "string");
    const stored = store ? await this.#store(good) : undefined;
    const outcomes = checked.map((one, at): BatchOutcome => {
      const { serial } = batch[at] ?? { serial: "" };
      if (typeof one === "string") return refusal(serial, one);
      if (stored?.has(serial) === false) return refusal(serial, "became another user's, or the file's, meanwhile");
      return { serial, outcome: one.replaces ? "replaced" : "added" };
    });
    if (store) {
      const refused = outcomes.filter(({ outcome }) => outcome === "refused").length;
      this.#parts.log.info("tokens.batch_imported", { taken: outcomes.length - refused, refused });
    }
    return outcomes;
  }

  /** @returns for each token what can be stored, or what is wrong */
  async #check(batch: readonly BatchToken[]): Promise<readonly (Checked | string)[]> {
    const { tokens } = this.#parts;
    const users = await tokens.usersNamed([...new Set(batch.map(({ userName }) => loginNameOf(userName)))]);
    const serials = batch.map(({ serial }) => serial);
    const standing = new Standing(await tokens.standing({ serials, userIds: [...new Set(users.values())] }));
    return batch.map((token) => {
      const userId = users.get(loginNameOf(token.userName));
      const wrong =
        valueTrouble(token) ??
        (userId === undefined ? `there is no user ${JSON.stringify(token.userName)}` : undefined);
      if (wrong !== undefined || userId === undefined) return wrong ?? "there is no such user";
      const taken = standing.take(token.serial, userId);
      return typeof taken === "string" ? taken : { token, userId, replaces: taken };
    });
  }

  async #store(checked: readonly Checked[]): Promise<ReadonlySet<string>> {
    if (checked.length === 0) return new Set();
    const sealed = checked.map(({ token, userId }) => {
      const secret = decodeBase32(token.secret);
      if (secret === undefined) throw new Error("A secret passed the check and is no base32.");
      const { serial, type, algorithm, digits, periodSeconds, counter } = token;
      const brought = { serial, type, secret, algorithm, digits, periodSeconds, counter };
      return sealedToken(this.#parts, brought, userId);
    });
    return this.#parts.tokens.store(sealed);
  }
}

/** The tokens that are there, and those of the batch as they are taken one after the other. */
class Standing {
  readonly #bySerial: Map<string, Pick<StandingToken, "userId" | "source">>;
  readonly #counts = new Map<UserId, number>();
  readonly #taken = new Set<string>();

  constructor(tokens: readonly StandingToken[]) {
    this.#bySerial = new Map(tokens.map((token) => [token.serial, token]));
    for (const { userId, source } of tokens) {
      if (source !== "device") this.#counts.set(userId, this.#countOf(userId) + 1);
    }
  }

  /** @returns whether it takes the place of one that is there, or why it cannot be taken */
  take(serial: string, userId: UserId): boolean | string {
    const there = this.#bySerial.get(serial);
    if (this.#taken.has(serial)) return "stands in the list twice";
    if (there !== undefined && there.source === "file") return "is a token of the configuration file: change it there";
    if (there !== undefined && there.source === "device") return "is the serial of a device";
    if (there !== undefined && there.userId !== userId) return "is another user's token";
    if (there === undefined) {
      if (this.#countOf(userId) >= MAX_TOKENS_PER_USER) return `its user has ${MAX_TOKENS_PER_USER} tokens already`;
      this.#counts.set(userId, this.#countOf(userId) + 1);
    }
    this.#taken.add(serial);
    return there !== undefined;
  }

  #countOf(userId: UserId): number {
    return this.#counts.get(userId) ?? 0;
  }
}

const DIGITS = [6, 7, 8];
const PERIODS_SECONDS = [30, 60];

/** The same rules as in the configuration file. */
function valueTrouble({
  serial,
  userName,
  secret,
  type,
  digits,
  periodSeconds,
  counter,
}: BatchToken): string | undefined {
  const said = (name: string, trouble: string | undefined) => trouble && `its ${name} ${trouble}`;
  return (
    said("serial", checkSerial(serial)) ??
    said("user's name", checkUserName(userName)) ??
    said("secret", checkTokenSecret(secret)) ??
    said("digits", DIGITS.includes(digits) ? undefined : "must be 6, 7 or 8") ??
    said(
      "period",
      type === "hotp" || PERIODS_SECONDS.includes(periodSeconds) ? undefined : "must be 30 or 60 seconds",
    ) ??
    said("counter", isCounter(counter) ? undefined : `must be a whole number from 0 to ${MAX_TOKEN_COUNTER}`)
  );
}

function isCounter(counter: number): boolean {
  return Number.isInteger(counter) && counter >= 0 && counter <= MAX_TOKEN_COUNTER;
}

function refusal(serial: string, reason: string): BatchOutcome {
  return { serial, outcome: "refused", reason };
}
