type Wake = () => void;

/**
 * Who waits for a turn. Each client has a line of its own, and the lines take turns: whoever has many waiting waits for
 * them himself. No client fills more than its share of the room, so that there is always some for the others.
 */
export class FairTurns {
  readonly #max: number;
  readonly #maxPerClient: number;
  /** In the order in which they come next; none is empty. */
  readonly #lines = new Map<string, Wake[]>();
  #waiting = 0;

  /** @param share the part of `max` that one client may fill, above 0 up to 1; it is one at least */
  constructor(max: number, share: number) {
    this.#max = max;
    this.#maxPerClient = Math.max(1, Math.floor(max * share));
  }

  /** @returns false when there is no room, for this client or for anybody */
  add(client: string, wake: Wake): boolean {
    const line = this.#lines.get(client);
    if (this.#waiting >= this.#max || (line?.length ?? 0) >= this.#maxPerClient) return false;
    if (line === undefined) this.#lines.set(client, [wake]);
    else line.push(wake);
    this.#waiting++;
    return true;
  }

  /** Takes out whose turn it is. */
  next(): Wake | undefined {
    for (const [client, line] of this.#lines) {
      const wake = line.shift();
      this.#lines.delete(client);
      if (line.length > 0) this.#lines.set(client, line);
      this.#waiting--;
      return wake;
    }
    return undefined;
  }
}
