/** How a target checks the first factor; undefined for a way that this version does not know. */
export type TargetType = "local" | "none";

export interface ClientTarget {
  readonly generation: number;
  /** The name of the client's target. */
  readonly target: string;
}

export interface TargetEntry {
  readonly generation: number;
  readonly type: TargetType | undefined;
}

/** Which client asks which target: this process' own copy of the configuration. */
export class ClientRegistry {
  readonly #clients = new Map<string, ClientTarget>();
  readonly #targets = new Map<string, TargetEntry>();

  /** @param entry undefined removes the client; one that is older than what is known is ignored */
  takeClient(name: string, entry: ClientTarget | undefined): void {
    take(this.#clients, name, entry);
  }

  /** @param entry as in `takeClient` */
  takeTarget(name: string, entry: TargetEntry | undefined): void {
    take(this.#targets, name, entry);
  }

  /** Undefined when the client or its target is not known. */
  targetTypeOf(client: string): TargetType | undefined {
    const target = this.#clients.get(client)?.target;
    return target === undefined ? undefined : this.#targets.get(target)?.type;
  }
}

function take<Entry extends { readonly generation: number }>(
  entries: Map<string, Entry>,
  name: string,
  entry: Entry | undefined,
): void {
  if (entry === undefined) entries.delete(name);
  else if (entry.generation >= (entries.get(name)?.generation ?? 0)) entries.set(name, entry);
}
