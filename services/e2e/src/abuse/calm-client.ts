import { sleepMs } from "@portcullis/testkit";
import { challengeOf, codeAt, type Nas, outcomeOf } from "../harness/nas.js";
import { tokenSecretOf } from "../harness/test-configuration.js";
import { calmUser, PASSWORD } from "./abuse-configuration.js";

const EVERY_MS = 100;

export interface CalmLogins {
  readonly logins: number;
  /** What did not end in an Accept. */
  readonly surprises: readonly string[];
  /** Of whole logins, both rounds; milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** A client whose users log in one after the other, each with password and code, as if nothing was going on. */
export class CalmClient {
  readonly #nas: Nas;
  #nextUser = 0;

  constructor(nas: Nas) {
    this.#nas = nas;
  }

  /** Begins a login every 100 ms for so long, and waits for the last one's end. */
  async logIn(durationMs: number): Promise<CalmLogins> {
    const times: number[] = [];
    const surprises: string[] = [];
    const all: Promise<void>[] = [];
    for (let count = 0; count < durationMs / EVERY_MS; count++) {
      all.push(this.#login(calmUser(this.#nextUser++), times, surprises));
      await sleepMs(EVERY_MS);
    }
    await Promise.all(all);
    const inOrder = times.toSorted((a, b) => a - b);
    const at = (part: number) => inOrder[Math.min(inOrder.length - 1, Math.floor(inOrder.length * part))] ?? Number.NaN;
    return { logins: all.length, surprises, p50Ms: at(0.5), p99Ms: at(0.99) };
  }

  async #login(user: string, times: number[], surprises: string[]): Promise<void> {
    const startedAt = performance.now();
    try {
      const challenge = challengeOf(await this.#nas.password(user, PASSWORD));
      const outcome = outcomeOf(await this.#nas.answer(user, challenge, codeAt(tokenSecretOf(user))));
      times.push(performance.now() - startedAt);
      if (outcome !== "accept") surprises.push(`${user}: ${outcome}`);
    } catch (error) {
      surprises.push(`${user}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
