import type { StateRecord } from "@portcullis/kit";
import { type ClientChanged, Prompting, SecondFactorMethod } from "@portcullis/proto";
import type { ClientRules, Clients } from "../../application/ports.js";

interface KnownClient {
  readonly generation: bigint;
  readonly rules: ClientRules;
}

/** This process' own copy of the clients. */
export class ClientRegistry implements Clients {
  readonly #clients = new Map<string, KnownClient>();

  find(name: string): ClientRules | undefined {
    return this.#clients.get(name)?.rules;
  }

  /** Takes over a client's newest state; one that is older than what is here changes nothing. */
  take({ key, state }: StateRecord<ClientChanged>): void {
    if (state === undefined) {
      this.#clients.delete(key);
      return;
    }
    const known = this.#clients.get(key);
    if (known !== undefined && state.generation < known.generation) return;
    this.#clients.set(key, { generation: state.generation, rules: rulesOf(state) });
  }
}

function rulesOf(state: ClientChanged): ClientRules {
  const { mfa, requireUserMatch, challengeTimeLimitMs, rejectDelayMs, joinWithoutStation } = state;
  return {
    mfa,
    requireUserMatch,
    challengeTimeLimitMs,
    rejectDelayMs,
    joinWithoutStation,
    secondFactor: state.secondFactor === SecondFactorMethod.MANUAL ? "manual" : "code",
    prompting: PROMPTING.get(state.prompting) ?? "auto",
  };
}

const PROMPTING: ReadonlyMap<Prompting, ClientRules["prompting"]> = new Map([
  [Prompting.ALWAYS, "always"],
  [Prompting.NEVER, "never"],
]);
