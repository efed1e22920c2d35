import { eventually, sleepMs } from "@portcullis/testkit";
import { auditState, type ProductUnderTest } from "./product-under-test.js";

const END_TIMEOUT_MS = 20_000;
/** What would come too much has come after this. */
const SETTLE_MS = 500;

/** What was known of ended logins at a moment. */
export interface Mark {
  readonly loginIds: ReadonlySet<string>;
  readonly rows: number;
}

interface Decided {
  readonly loginId: string;
  readonly client: string;
  readonly resultCode: string;
}

/** How logins ended, by log and audit. */
export class EndedLogins {
  readonly #product: ProductUnderTest;

  constructor(product: ProductUnderTest) {
    this.#product = product;
  }

  async mark(): Promise<Mark> {
    const loginIds = new Set(this.#decided().map(({ loginId }) => loginId));
    return { loginIds, rows: (await auditState(this.#product)).rows };
  }

  /** Client and result code of the logins that ended since, each with exactly one row in the audit. */
  async since(mark: Mark, count = 1): Promise<string[]> {
    const ended = () => this.#decided().filter(({ loginId }) => !mark.loginIds.has(loginId));
    await eventually(
      async () => ended().length >= count && (await auditState(this.#product)).rows >= mark.rows + count,
      { what: `${count} ends in log and audit`, timeoutMs: END_TIMEOUT_MS, everyMs: 200 },
    );
    await sleepMs(SETTLE_MS);
    const { intact, rows } = await auditState(this.#product);
    if (!intact || rows !== mark.rows + count) {
      const codes = ended().map(({ resultCode }) => resultCode);
      throw new Error(
        `the audit has ${rows - mark.rows} new rows instead of ${count}: ${codes.join()}, intact: ${intact}`,
      );
    }
    return ended().map(({ client, resultCode }) => `${client} ${resultCode}`);
  }

  /** The log has a line twice where an end was published twice: the login's id tells. */
  #decided(): Decided[] {
    const lines = this.#product.logged().filter((line) => line.includes('"login.decided"'));
    const byLogin = new Map(lines.map((line) => JSON.parse(line) as Decided).map((end) => [end.loginId, end]));
    return [...byLogin.values()];
  }
}
