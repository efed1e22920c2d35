import {
  AbortedTransactionError,
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  PGliteAdapter,
  PGliteDialect,
  type QueryResult,
} from "kysely";
import type { PgliteSession } from "./pglite-session.js";

/** Kysely on the one session that PGlite has. A transaction has it to itself; everything else goes without waiting. */
export class PgliteThreadDialect extends PGliteDialect {
  readonly #session: PgliteSession;

  constructor(session: PgliteSession) {
    super({ pglite: () => Promise.reject(new Error("The thread's session is used.")) });
    this.#session = session;
  }

  override createAdapter(): PGliteAdapter {
    return new SharedSessionAdapter();
  }

  override createDriver(): Driver {
    return new PgliteThreadDriver(this.#session);
  }
}

class SharedSessionAdapter extends PGliteAdapter {
  /** Not more connections, but statements that need not wait for each other. */
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

interface OpenTransaction {
  readonly owner: PgliteConnection;
  readonly ended: Promise<void>;
  readonly end: () => void;
  /** One of its statements failed: PostgreSQL would take a commit as a rollback, without a word. */
  aborted: boolean;
}

class PgliteThreadDriver implements Driver {
  readonly #session: PgliteSession;
  #transaction: OpenTransaction | undefined;

  constructor(session: PgliteSession) {
    this.#session = session;
  }

  async init(): Promise<void> {}

  acquireConnection(): Promise<PgliteConnection> {
    return Promise.resolve(new PgliteConnection((connection, query) => this.#execute(connection, query)));
  }

  async releaseConnection(): Promise<void> {}

  async beginTransaction(connection: PgliteConnection): Promise<void> {
    for (let other = this.#anothers(connection); other; other = this.#anothers(connection)) await other.ended;
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    this.#transaction = { owner: connection, ended, end, aborted: false };
    await this.#session.query("begin", []);
  }

  commitTransaction(connection: PgliteConnection): Promise<void> {
    return this.#endTransaction(connection, "commit");
  }

  rollbackTransaction(connection: PgliteConnection): Promise<void> {
    return this.#endTransaction(connection, "rollback");
  }

  destroy(): Promise<void> {
    return this.#session.close();
  }

  async #execute(connection: PgliteConnection, { sql, parameters }: CompiledQuery): Promise<QueryResult<unknown>> {
    for (let other = this.#anothers(connection); other; other = this.#anothers(connection)) await other.ended;
    const { rows, affectedRows } = await this.#session.query(sql, parameters).catch((error: unknown) => {
      if (this.#transaction?.owner === connection) this.#transaction.aborted = true;
      throw error;
    });
    const numAffectedRows = affectedRows === undefined ? {} : { numAffectedRows: BigInt(affectedRows) };
    return { ...numAffectedRows, rows: [...rows] };
  }

  /** To be asked again right before the session is used: another one may have begun since the last has ended. */
  #anothers(connection: PgliteConnection): OpenTransaction | undefined {
    return this.#transaction?.owner === connection ? undefined : this.#transaction;
  }

  async #endTransaction(connection: PgliteConnection, text: "commit" | "rollback"): Promise<void> {
    const transaction = this.#transaction;
    if (transaction?.owner !== connection) return; // It never began.
    try {
      await this.#session.query(text, []);
      if (text === "commit" && transaction.aborted) throw new AbortedTransactionError();
    } finally {
      this.#transaction = undefined;
      transaction.end();
    }
  }
}

type Execute = (connection: PgliteConnection, query: CompiledQuery) => Promise<QueryResult<unknown>>;

/** Who a statement belongs to. */
class PgliteConnection implements DatabaseConnection {
  readonly #execute: Execute;

  constructor(execute: Execute) {
    this.#execute = execute;
  }

  executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    return this.#execute(this, query) as Promise<QueryResult<Row>>;
  }

  streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error("PGlite does not stream.");
  }
}
