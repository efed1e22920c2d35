import type { StateRecord } from "@portcullis/kit";
import type { ClientChanged } from "@portcullis/proto";
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
    const { generation, mfa, requireUserMatch, challengeTimeLimitMs, rejectDelayMs } = state;
    const rules = { mfa, requireUserMatch, challengeTimeLimitMs, rejectDelayMs };
    this.#clients.set(key, { generation, rules });
  }
}
