import type { DescMessage } from "@bufbuild/protobuf";
import { topicOf } from "../events/topic.js";
import { type KeyUses, Resealer, type ResealOutcome, type ResealProgress } from "./resealer.js";

/** Under which keys the newest states of a compacted topic stand. Rejects with `Unavailable` when the broker is away. */
export type SealedStates = (schema: DescMessage) => Promise<KeyUses>;

export interface StateResealerParts {
  readonly service: string;
  /** What it owns: messages of compacted topics with sealed fields. */
  readonly schemas: readonly DescMessage[];
  /** Publishes the newest state of every key again. @returns false when another process of the service does that */
  readonly republish: (signal: AbortSignal) => Promise<boolean>;
  readonly states: SealedStates;
}

/** Has the owner of compacted topics publish its states again, which seals them under the active key. */
export class StateResealer extends Resealer {
  readonly what: string;
  readonly covers: readonly string[];
  readonly #parts: StateResealerParts;

  constructor(parts: StateResealerParts) {
    super();
    this.what = `${parts.service} states`;
    this.covers = parts.schemas.map((schema) => topicOf(schema).name);
    this.#parts = parts;
  }

  async run(onProgress: (progress: ResealProgress) => void, signal: AbortSignal): Promise<ResealOutcome> {
    if (!(await this.#parts.republish(signal))) return { outcome: "elsewhere" };
    const moved = [...(await this.uses()).values()].reduce((all, one) => all + one, 0);
    onProgress({ done: moved, total: moved });
    return { outcome: "done", moved, unreadable: 0 };
  }

  async uses(): Promise<KeyUses> {
    const uses = new Map<number, number>();
    for (const schema of this.#parts.schemas) {
      for (const [keyId, states] of await this.#parts.states(schema)) uses.set(keyId, (uses.get(keyId) ?? 0) + states);
    }
    return uses;
  }
}
