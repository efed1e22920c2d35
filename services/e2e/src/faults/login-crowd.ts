import { type SeededRandom, sleepMs } from "@portcullis/testkit";
import { challengeOf, codeAt, type Nas, outcomeOf, wrongCode } from "../harness/nas.js";
import { tokenSecretOf } from "../harness/test-configuration.js";
import { faultUser } from "./fault-users.js";

/** What a person of the crowd does. */
const PLANS = ["right", "right", "right", "right", "wrong-then-right", "always-wrong", "used-code"] as const;
type Plan = (typeof PLANS)[number];

/** How long a person looks for the phone, at least and at most. */
const THINKING_MS = [300, 3_000] as const;
const ROUNDS_OF_A_CHALLENGE = 3;

export interface CrowdReport {
  /** Logins that were begun, each with a user of its own (twice for a used code). */
  readonly logins: number;
  /** What ended otherwise than planned; empty when all is well. */
  readonly surprises: readonly string[];
  /** User -> the verdicts that her logins ended with, as the client saw them. */
  readonly verdicts: ReadonlyMap<string, readonly string[]>;
}

/** Keeps a number of logins under way, on both gateways, until told to stop; each ends as its plan says or is a surprise. */
export class LoginCrowd {
  readonly #gateways: readonly Nas[];
  readonly #random: SeededRandom;
  readonly #takeUser: () => number;
  readonly #verdicts = new Map<string, string[]>();
  readonly #surprises: string[] = [];
  #logins = 0;
  #leaving = false;
  #people: Promise<void>[] = [];

  /** @param takeUser gives an index that nobody had before */
  constructor(gateways: readonly Nas[], random: SeededRandom, takeUser: () => number) {
    this.#gateways = gateways;
    this.#random = random;
    this.#takeUser = takeUser;
  }

  start(size: number): void {
    this.#people = Array.from({ length: size }, () => this.#person());
  }

  /** Begins no login more and waits for those under way. */
  async finish(): Promise<CrowdReport> {
    this.#leaving = true;
    await Promise.all(this.#people);
    return { logins: this.#logins, surprises: this.#surprises, verdicts: this.#verdicts };
  }

  async #person(): Promise<void> {
    await this.#think();
    while (!this.#leaving) {
      const user = faultUser(this.#takeUser());
      const plan = PLANS[this.#random.between(0, PLANS.length - 1)] ?? "right";
      try {
        await this.#follow(plan, user);
      } catch (error) {
        this.#surprises.push(`${user} (${plan}): ${error instanceof Error ? error.message : String(error)}`);
      }
      await this.#think();
    }
  }

  async #follow(plan: Plan, user: string): Promise<void> {
    const secret = tokenSecretOf(user);
    switch (plan) {
      case "right":
        return this.#expect(user, "accept", await this.#login(user, [() => codeAt(secret)]));
      case "wrong-then-right":
        return this.#expect(user, "accept", await this.#login(user, [() => wrongCode(secret), () => codeAt(secret)]));
      case "always-wrong":
        return this.#expect(user, "reject", await this.#login(user, wrongCodes(secret)));
      case "used-code": {
        const code = codeAt(secret);
        this.#expect(user, "accept", await this.#login(user, [() => code]));
        return this.#expect(user, "reject", await this.#login(user, [() => code, ...wrongCodes(secret)]));
      }
    }
  }

  /** One login to its end. @param answers one for each prompt */
  async #login(user: string, answers: readonly (() => string)[]): Promise<string> {
    this.#logins += 1;
    let reply = await this.#gateway().password(user, "");
    for (const answer of answers) {
      if (outcomeOf(reply) !== "challenge") break;
      await this.#think();
      reply = await this.#gateway().answer(user, challengeOf(reply), answer());
    }
    return outcomeOf(reply);
  }

  #expect(user: string, expected: "accept" | "reject", outcome: string): void {
    this.#verdicts.set(user, [...(this.#verdicts.get(user) ?? []), outcome]);
    if (outcome !== expected) throw new Error(`expected ${expected}, got ${outcome}`);
  }

  #gateway(): Nas {
    const gateway = this.#gateways[this.#random.between(0, this.#gateways.length - 1)];
    if (gateway === undefined) throw new Error("no gateway");
    return gateway;
  }

  #think(): Promise<void> {
    return sleepMs(this.#random.between(...THINKING_MS));
  }
}

/** As many different wrong codes as a challenge takes. */
function wrongCodes(secret: string): (() => string)[] {
  return Array.from(
    { length: ROUNDS_OF_A_CHALLENGE },
    (_, index) => () => `${index}${wrongCode(secret).slice(1)}x`.slice(0, 7),
  );
}
