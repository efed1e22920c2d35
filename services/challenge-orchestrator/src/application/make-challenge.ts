import type { KeyedDigest } from "@portcullis/kit";
import type { LoginContext, LoginId, Remembered } from "@portcullis/login";
import type { Challenge } from "../domain/challenge.js";
import { type Decision, type Policy, showsPrompts } from "../domain/policy.js";
import type { PrimaryDecision } from "../domain/primary-decision.js";
import type { MethodName } from "../domain/user-factors.js";
import { METHOD_WORD, propertiesOf, type Way } from "../domain/way.js";
import type { Challenges } from "./challenges.js";
import type { ClientRules, Clients } from "./ports.js";

/** Logins that may come within a reconnect window. */
const RECONNECTS = 3;
/** How long a login that was let in answers for those that had begun before: longer than an event may wait for its turn. */
const LATE_MS = 60_000;
/** How long such a window is for requests without a credential (RD Gateway), where nobody sets it. */
const RECONNECT_MS = 10_000;
/** What an approval is shown among. */
const DECOYS = 2;
/** Where there are too few other applications. */
const SPARE_DECOYS = ["Intranet", "Web mail", "File server"] as const;

export interface MakeChallengeParts {
  readonly challenges: Challenges;
  readonly clients: Clients;
  readonly digest: KeyedDigest;
}

type AskedWith = Pick<Extract<Decision, { kind: "ask" }>, "policy" | "ways" | "language">;

/** A login whose user is asked for the first time. */
export interface FirstAsking {
  readonly decision: Pick<PrimaryDecision, "context" | "credential" | "credentialDigest">;
  readonly client: ClientRules;
  readonly asking: AskedWith;
  readonly way: Way;
}

/** Makes what a login is asked with, and what it lets later ones pass by. */
export class MakeChallenge {
  readonly #parts: MakeChallengeParts;

  constructor(parts: MakeChallengeParts) {
    this.#parts = parts;
  }

  first({ decision, client, asking, way }: FirstAsking): Challenge {
    const { context } = decision;
    const { policy, ways, language } = asking;
    const others = ways.filter(({ method }) => method !== way.method).map(({ method }) => method);
    return {
      ...this.#asked(context, client, way, 0),
      canPrompt: showsPrompts(client, decision.credential),
      approved: false,
      switches: 0,
      fallback: false,
      language: propertiesOf(way).prompts ? language : "en",
      words: propertiesOf(way).prompts && policy.methodWords ? others.filter((one) => METHOD_WORD[one]) : [],
      remember: this.#remember(decision, client, policy, way),
    };
  }

  /** The same login in another way. */
  next(
    login: { readonly context: LoginContext; readonly client: ClientRules },
    before: Challenge,
    way: Way,
  ): Challenge {
    const switches = before.switches + 1;
    const known = [before.way.method, ...before.words];
    return {
      ...before,
      ...this.#asked(login.context, login.client, way, switches),
      switches,
      words: known.filter((method) => method !== way.method && METHOD_WORD[method] !== undefined),
    };
  }

  /** Under which a login passes without being asked, since another one was let in. */
  scopes(
    decision: FirstAsking["decision"],
    client: ClientRules,
    { policy, ways }: AskedWith,
  ): {
    readonly reconnect: readonly string[];
    readonly cache: readonly string[];
  } {
    const { late, again } = this.#sameLogin(decision, client);
    const cache = policy.remember.map(({ scope }) => this.#scope(scope, decision.context, client, ways[0].method));
    return {
      reconnect: reachesAny(ways) ? [late, again].filter((scope) => scope !== undefined) : [],
      cache: cache.filter((scope) => scope !== undefined),
    };
  }

  #asked(
    { loginId }: { readonly loginId: LoginId },
    client: ClientRules,
    way: Way,
    switches: number,
  ): Pick<Challenge, "way" | "challengeId" | "attempt" | "notice" | "connectingTo" | "decoys"> {
    const { challenges } = this.#parts;
    const challengeId = propertiesOf(way).reaches ? challenges.idOf(loginId, switches) : "";
    const matches = way.matching === "context";
    const connectingTo = matches ? client.application : "";
    const decoys = matches ? this.#decoys(challengeId, connectingTo) : [];
    return { way, challengeId, attempt: 1, notice: "none", connectingTo, decoys };
  }

  /** Other applications, in an order of the challenge's own. */
  #decoys(challengeId: string, right: string): string[] {
    const { challenges, clients } = this.#parts;
    const others = new Set(clients.applications());
    others.delete(right);
    const spare = SPARE_DECOYS.filter((name) => name !== right && !others.has(name));
    return [...challenges.ordered(challengeId, [...others]), ...spare].slice(0, DECOYS);
  }

  #remember(decision: FirstAsking["decision"], client: ClientRules, policy: Policy, way: Way): readonly Remembered[] {
    const { late, again } = this.#sameLogin(decision, client);
    const reconnects: Remembered[] = [];
    if (propertiesOf(way).reaches && late !== undefined) {
      reconnects.push({ scope: late, durationMs: LATE_MS, uses: 0, onlyEarlier: true });
    }
    const durationMs = reconnectWindowMs(client, decision);
    if (again !== undefined) reconnects.push({ scope: again, durationMs, uses: RECONNECTS });
    const caches = policy.remember.flatMap(({ scope, seconds }) => {
      const digest = this.#scope(scope, decision.context, client, way.method);
      return digest === undefined ? [] : [{ scope: digest, durationMs: seconds * 1_000, uses: 0 }];
    });
    return [...reconnects, ...caches];
  }

  /**
   * What the same login again has in common with one that was let in: `late`, where it began before that one ended and was only not
   * looked at in time to join it; `again`, within the reconnect window. None where two logins can't be told to come from the
   * same station, unless the client says that they do.
   */
  #sameLogin(
    decision: FirstAsking["decision"],
    client: ClientRules,
  ): { readonly late: string | undefined; readonly again: string | undefined } {
    const { digest } = this.#parts;
    const { context, credentialDigest } = decision;
    if (context.station === "" && !client.joinWithoutStation) return { late: undefined, again: undefined };
    const login = [context.client, context.station, credentialDigest] as const;
    const again = reconnectWindowMs(client, decision) > 0 ? digest.hex("reconnect", ...login) : undefined;
    return { late: digest.hex("late", ...login), again };
  }

  /** @returns undefined where a login has nothing that a later one could have in common with it */
  #scope(
    scope: Policy["remember"][number]["scope"],
    { station }: LoginContext,
    { application }: ClientRules,
    method: MethodName,
  ): string | undefined {
    const { digest } = this.#parts;
    switch (scope) {
      case "user":
        return digest.hex("remember user");
      case "method-and-application":
        return digest.hex("remember method and application", method, application);
      case "application-and-address":
        return station === "" ? undefined : digest.hex("remember application and address", application, station);
    }
  }
}

function reconnectWindowMs({ reconnectWindowMs: set }: ClientRules, { credential }: FirstAsking["decision"]): number {
  return set ?? (credential === "none" ? RECONNECT_MS : 0);
}

function reachesAny(ways: readonly Way[]): boolean {
  return ways.some((way) => propertiesOf(way).reaches);
}
