import { type Database, query } from "../database/database.js";

/** A row's key and what the places of its sealed columns are made of, as text. */
export type SealedRow = Readonly<Record<string, string>>;

export type SqlType = "text" | "bigint" | "integer" | "uuid";

/** A table with sealed columns. An entry is all that a new one needs. */
export interface SealedTable {
  readonly schema: string;
  readonly table: string;
  /** The columns of the primary key, each with its SQL type. */
  readonly key: Readonly<Record<string, SqlType>>;
  /** Further columns that places are made of. */
  readonly reads?: readonly string[];
  /** The sealed columns, each with the place that a row's field is sealed for. */
  readonly columns: Readonly<Record<string, (row: SealedRow) => string>>;
}

interface TypedTable<Column extends string> {
  readonly schema: string;
  readonly table: string;
  readonly columns: Readonly<Record<string, (row: Readonly<Record<Column, string>>) => string>>;
}

/** An entry whose places are checked by the compiler: they are made of columns that it names. */
export function sealedTable<Key extends string, Read extends string = never>(
  table: TypedTable<Key | Read> & {
    readonly key: Readonly<Record<Key, SqlType>>;
    readonly reads?: readonly Read[];
  },
): SealedTable {
  return table;
}

/** A sealed field as it was read. */
export interface SealedField {
  readonly row: SealedRow;
  readonly sealed: Buffer;
}

export interface FieldChange extends SealedField {
  readonly next: Buffer;
}

/** Rows that are read, opened, sealed and written in one step: milliseconds, between which logins go on. */
const PAGE_ROWS = 500;

/** One sealed column of a table: its rows page by page, and the compare-and-set that moves them. */
export class SealedColumn {
  readonly name: string;
  readonly place: (row: SealedRow) => string;
  readonly #db: Database<never>;
  readonly #table: SealedTable;
  readonly #column: string;

  constructor(db: Database<never>, table: SealedTable, column: string) {
    const place = table.columns[column];
    if (place === undefined) throw new Error(`${table.table} has no sealed column ${column}.`);
    this.name = `${table.schema}.${table.table}.${column}`;
    this.place = place;
    this.#db = db;
    this.#table = table;
    this.#column = column;
  }

  /** How many rows stand under which key. */
  async uses(): Promise<Map<number, number>> {
    const { schema, table } = this.#table;
    const keyId = `encode(substring(${this.#column} from 2 for 4), 'hex')`;
    const rows = await query<{ key_id: string; rows: number }>(
      this.#db,
      `select ${keyId} as key_id, count(*)::int as rows from ${schema}.${table}
        where ${this.#column} is not null group by 1`,
      [],
    );
    return new Map(rows.map((row) => [Number.parseInt(row.key_id, 16), row.rows]));
  }

  /** The fields in the order of the primary key. @param after the last row of the page before */
  async page(after: SealedRow | undefined): Promise<readonly SealedField[]> {
    const { schema, table, key, reads = [] } = this.#table;
    const names = Object.keys(key);
    const wanted = [...names, ...reads].map((name) => `${name}::text as ${name}`).join(", ");
    const marks = names.map((name, at) => `$${at + 1}::${key[name]}`).join(", ");
    const later = after === undefined ? "" : `and (${names.join(", ")}) > (${marks})`;
    const rows = await query<SealedRow & { readonly sealed_hex: string }>(
      this.#db,
      `select ${wanted}, encode(${this.#column}, 'hex') as sealed_hex from ${schema}.${table}
        where ${this.#column} is not null ${later} order by ${names.join(", ")} limit ${PAGE_ROWS}`,
      after === undefined ? [] : names.map((name) => after[name]),
    );
    return rows.map(({ sealed_hex: hex, ...row }) => ({ row, sealed: Buffer.from(hex, "hex") }));
  }

  /**
   * Writes the fields that are still what was read; one that somebody changed meanwhile stays as it is.
   * @returns how many were written
   */
  async replace(changes: readonly FieldChange[]): Promise<number> {
    const { schema, table, key } = this.#table;
    const names = Object.keys(key);
    const [was, next] = [`$${names.length + 1}::text[]`, `$${names.length + 2}::text[]`];
    const arrays = [...names.map((name, at) => `$${at + 1}::${key[name]}[]`), was, next].join(", ");
    // Names the first column of the key twice, so that the index gives the rows.
    const rows = await query<{ written: number }>(
      this.#db,
      `update ${schema}.${table} t set ${this.#column} = decode(told.sealed_next, 'hex')
         from unnest(${arrays}) as told(${names.join(", ")}, sealed_was, sealed_next)
        where t.${names[0]} = any($1::${key[names[0] ?? ""]}[])
          and ${names.map((name) => `t.${name} = told.${name}`).join(" and ")}
          and t.${this.#column} = decode(told.sealed_was, 'hex')
       returning 1 as written`,
      [
        ...names.map((name) => changes.map(({ row }) => row[name])),
        changes.map(({ sealed }) => sealed.toString("hex")),
        changes.map((change) => change.next.toString("hex")),
      ],
    );
    return rows.length;
  }
}
