import type { UserId } from "@portcullis/login";
import type { ImportedToken } from "../application/factor-ports.js";
import type { StandingToken, TokenBatches } from "../application/token-batch-ports.js";

/** Tokens in memory, as far as commands bring them. */
export class MemoryTokenBatches implements TokenBatches {
  readonly users = new Map<string, UserId>();
  readonly tokens = new Map<string, StandingToken & Partial<ImportedToken>>();

  async usersNamed(loginNames: readonly string[]): Promise<ReadonlyMap<string, UserId>> {
    return new Map([...this.users].filter(([name]) => loginNames.includes(name)));
  }

  async standing({ serials, userIds }: Parameters<TokenBatches["standing"]>[0]): Promise<readonly StandingToken[]> {
    return [...this.tokens.values()]
      .filter(({ serial, userId }) => serials.includes(serial) || userIds.includes(userId))
      .map(({ serial, userId, source }) => ({ serial, userId, source }));
  }

  async store(tokens: readonly ImportedToken[]): Promise<ReadonlySet<string>> {
    const stored = tokens.filter(({ serial, userId }) => {
      const there = this.tokens.get(serial);
      return there === undefined || (there.source === "import" && there.userId === userId);
    });
    for (const token of stored) this.tokens.set(token.serial, { ...token, source: "import" });
    return new Set(stored.map(({ serial }) => serial));
  }
}
