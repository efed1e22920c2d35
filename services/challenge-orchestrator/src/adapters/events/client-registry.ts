import type { Sealer, StateRecord } from "@portcullis/kit";
import { clientReplyAttributesPlace } from "@portcullis/login";
import { type ClientChanged, Prompting } from "@portcullis/proto";
import type { ClientRules, Clients } from "../../application/ports.js";
import { ruleOf } from "./policy-rules.js";

interface KnownClient {
  readonly generation: bigint;
  readonly rules: ClientRules;
}

/** This process' own copy of the clients. */
export class ClientRegistry implements Clients {
  readonly #clients = new Map<string, KnownClient>();
  readonly #sealer: Sealer;

  constructor(sealer: Sealer) {
    this.#sealer = sealer;
  }

  find(name: string): ClientRules | undefined {
    return this.#clients.get(name)?.rules;
  }

  applications(): readonly string[] {
    return [...new Set([...this.#clients.values()].map(({ rules }) => rules.application))];
  }

  /**
   * Takes over a client's newest state; one that is older than what is here changes nothing. Fails with `UnknownKey` while
   * this process lacks the key of what is sealed in it.
   */
  take({ key, state }: StateRecord<ClientChanged>): void {
    if (state === undefined) {
      this.#clients.delete(key);
      return;
    }
    const known = this.#clients.get(key);
    if (known !== undefined && state.generation < known.generation) return;
    this.#clients.set(key, { generation: state.generation, rules: rulesOf(state, this.#sealer) });
  }
}

function rulesOf(state: ClientChanged, sealer: Sealer): ClientRules {
  const { challengeTimeLimitMs, rejectDelayMs, joinWithoutStation, reconnectWindowSeconds } = state;
  return {
    application: state.application,
    rules: state.rules.map(ruleOf),
    challengeTimeLimitMs,
    rejectDelayMs,
    joinWithoutStation,
    reconnectWindowMs: reconnectWindowSeconds === undefined ? undefined : reconnectWindowSeconds * 1_000,
    downloadableAcls: state.downloadableAcls,
    whenTargetUnavailable: state.rejectsWithoutTarget ? "reject" : "silent",
    prompting: PROMPTING.get(state.prompting) ?? "auto",
    replyAttributes: state.replyAttributes.map(({ groups, sealedAttributes }, at) => {
      const attributes = sealer.open(sealedAttributes, clientReplyAttributesPlace(state.name, at));
      if (attributes === undefined) throw new Error(`The reply attributes of ${state.name} were not sealed for it.`);
      return { groups, attributes };
    }),
  };
}

const PROMPTING: ReadonlyMap<Prompting, ClientRules["prompting"]> = new Map([
  [Prompting.ALWAYS, "always"],
  [Prompting.NEVER, "never"],
]);
