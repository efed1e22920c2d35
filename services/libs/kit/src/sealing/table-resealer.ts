import type { Database } from "../database/database.js";
import { type KeyUses, Resealer, type ResealOutcome, type ResealProgress } from "./resealer.js";
import { type FieldChange, SealedColumn, type SealedField, type SealedTable } from "./sealed-tables.js";
import { keyIdOf, type Sealer, UnknownKey } from "./sealer.js";

/** Times that a column is walked: rows that were changed under the old key meanwhile are met by the next walk. */
const MAX_WALKS = 3;

export interface TableResealerParts {
  readonly service: string;
  readonly db: Database<never>;
  readonly tables: readonly SealedTable[];
  readonly sealer: Sealer;
}

/** Moves the sealed columns of a service's tables to the active key, page by page, while the service works. */
export class TableResealer extends Resealer {
  readonly what: string;
  readonly covers: readonly string[];
  readonly #columns: readonly SealedColumn[];
  readonly #sealer: Sealer;

  constructor({ service, db, tables, sealer }: TableResealerParts) {
    super();
    this.what = `${service} tables`;
    this.#sealer = sealer;
    this.#columns = tables.flatMap((table) =>
      Object.keys(table.columns).map((name) => new SealedColumn(db, table, name)),
    );
    this.covers = this.#columns.map(({ name }) => name);
  }

  async run(onProgress: (progress: ResealProgress) => void, signal: AbortSignal): Promise<ResealOutcome> {
    const total = sum([...(await this.uses()).values()]);
    const result = { moved: 0, unreadable: 0 };
    let done = 0;
    for (const column of this.#columns) {
      const told = (rows: number): void => {
        done += rows;
        onProgress({ done, total: Math.max(total, done) });
      };
      for (let walk = 1; walk <= MAX_WALKS && !signal.aborted; walk++) {
        const { moved, missed, unreadable } = await this.#walk(column, walk === 1 ? told : ignored, signal);
        result.moved += moved;
        if (missed > 0 && walk < MAX_WALKS) continue;
        result.unreadable += unreadable;
        break;
      }
    }
    return { outcome: "done", ...result };
  }

  async uses(): Promise<KeyUses> {
    const uses = new Map<number, number>();
    for (const column of this.#columns) {
      for (const [keyId, rows] of await column.uses()) uses.set(keyId, (uses.get(keyId) ?? 0) + rows);
    }
    return uses;
  }

  /** From the first row to the last. Rows under the active key are passed over, which is what makes it go on where it ended. */
  async #walk(column: SealedColumn, told: (rows: number) => void, signal: AbortSignal) {
    const counts = { moved: 0, missed: 0, unreadable: 0 };
    for (let after: SealedField | undefined; !signal.aborted; ) {
      const page = await column.page(after?.row);
      const changes = page
        .filter(({ sealed }) => keyIdOf(sealed) !== this.#sealer.activeKey)
        .map((field) => this.#again(column, field));
      const wanted = changes.filter((change) => change !== undefined);
      const moved = wanted.length === 0 ? 0 : await column.replace(wanted);
      counts.moved += moved;
      counts.missed += wanted.length - moved;
      counts.unreadable += changes.length - wanted.length;
      told(page.length);
      after = page.at(-1);
      if (after === undefined) break;
    }
    return counts;
  }

  /** Fail closed: what does not open stays as it is, since nobody can say what it was. */
  #again(column: SealedColumn, field: SealedField): FieldChange | undefined {
    if (keyIdOf(field.sealed) === undefined) return undefined;
    const place = column.place(field.row);
    const plain = this.#open(field.sealed, place);
    return plain && { ...field, next: this.#sealer.seal(plain, place) };
  }

  /** A key that this process does not have must not keep the other rows from moving. */
  #open(sealed: Buffer, place: string): Buffer | undefined {
    try {
      return this.#sealer.open(sealed, place);
    } catch (error) {
      if (error instanceof UnknownKey) return undefined;
      throw error;
    }
  }
}

const ignored = (): void => undefined;
const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
