import type { Target, Targets } from "./ports.js";

export interface ClientEntry {
  readonly generation: number;
  /** The name of the client's target. */
  readonly target: string;
}

export interface TargetEntry {
  readonly generation: number;
  /** Undefined for a type that this version does not know. */
  readonly target: Target | undefined;
}

/** Which client asks which target: this process' own copy of the configuration. */
export class ClientRegistry implements Targets {
  readonly #clients = new Map<string, ClientEntry>();
  readonly #targets = new Map<string, TargetEntry>();

  /** @param entry undefined removes the client; one that is older than what is known is ignored */
  takeClient(name: string, entry: ClientEntry | undefined): void {
    if (entry === undefined) this.#clients.delete(name);
    else if (entry.generation >= (this.#clients.get(name)?.generation ?? 0)) this.#clients.set(name, entry);
  }

  /** Whether a target of this generation is news. */
  wantsTarget(name: string, generation: number): boolean {
    return generation > (this.#targets.get(name)?.generation ?? -1);
  }

  /** @returns the target that was there before; what it has under way still ends */
  takeTarget(name: string, entry: TargetEntry | undefined): Target | undefined {
    const before = this.#targets.get(name)?.target;
    if (entry === undefined) this.#targets.delete(name);
    else this.#targets.set(name, entry);
    return before;
  }

  targetOf(client: string): Target | undefined {
    const target = this.#clients.get(client)?.target;
    return target === undefined ? undefined : this.#targets.get(target)?.target;
  }

  /** Every target, for the end of the process. */
  targets(): readonly Target[] {
    return [...this.#targets.values()].flatMap(({ target }) => (target === undefined ? [] : [target]));
  }
}
