import type { Clock } from "@portcullis/kit";
import {
  type AnswerId,
  decodeWaitingExchange,
  encodeWaitingExchange,
  type LoginRef,
  type PendingStore,
  type WaitingExchange,
} from "@portcullis/login";
import type { Challenge } from "../domain/challenge.js";
import { remainingSeconds } from "../domain/prompt.js";
import type { ChallengeSettings } from "../domain/settings.js";
import type { MethodName } from "../domain/user-factors.js";
import { propertiesOf } from "../domain/way.js";
import type { Challenges } from "./challenges.js";
import type { IssueChallenge } from "./issue-challenge.js";
import type { MakeChallenge } from "./make-challenge.js";
import type { Clients } from "./ports.js";
import type { Prompts } from "./prompts.js";
import type { TypedAnswer } from "./typed-answer.js";
import type { WaysOfUser } from "./ways-of-user.js";

/** Ways that one login may be asked in, one after the other. */
const MAX_SWITCHES = 5;
const NOTHING = new Uint8Array(0);

export interface SwitchMethodParts {
  readonly store: PendingStore;
  readonly challenges: Challenges;
  readonly makeChallenge: MakeChallenge;
  readonly issueChallenge: IssueChallenge;
  readonly waysOfUser: WaysOfUser;
  readonly prompts: Prompts;
  readonly clients: Clients;
  readonly settings: ChallengeSettings;
  readonly clock: Clock;
}

/** A word that was typed at a prompt, reserved as an answer. */
export interface SwitchRequest {
  readonly answer: TypedAnswer;
  readonly login: LoginRef;
  readonly answerId: AnswerId;
  readonly opening: WaitingExchange;
  readonly challenge: Challenge;
  readonly method: MethodName;
}

export type Switched =
  /** Kept: the reply for this answer; empty where its exchange waits. */
  | { readonly kind: "settled"; readonly reply: Uint8Array; readonly outcome: undefined; readonly waiting: readonly [] }
  /** It is an answer like any other: there are no switches left. */
  | { readonly kind: "ordinary" }
  | { readonly kind: "late" };

/** Lets a login go on in another way, because its user asks for it at the prompt. */
export class SwitchMethod {
  readonly #parts: SwitchMethodParts;

  constructor(parts: SwitchMethodParts) {
    this.#parts = parts;
  }

  async execute(request: SwitchRequest): Promise<Switched> {
    const { challenge, opening, method, login } = request;
    if (challenge.switches >= MAX_SWITCHES) return { kind: "ordinary" };
    const { context } = opening;
    const client = this.#parts.clients.find(context.client);
    const ways = client === undefined ? [] : await this.#parts.waysOfUser.at(client, login.userId, challenge.canPrompt);
    const way = ways.find((one) => one.method === method);
    if (client === undefined || way === undefined) return this.#notPossible(request);
    const next = this.#parts.makeChallenge.next({ context, client }, challenge, way);
    const settled = await this.#settle(request, next, { notPossible: false });
    if (settled.kind === "refused") return settled.reason === "round" ? { kind: "late" } : this.#notPossible(request);
    if (settled.kind === "late") return settled;
    await this.#tell(request, next);
    return { kind: "settled", reply: settled.reply, outcome: undefined, waiting: [] };
  }

  /** The same way once more, with a word about it. */
  async #notPossible(request: SwitchRequest): Promise<Switched> {
    const { store, settings } = this.#parts;
    const { login, answerId, answer, challenge } = request;
    // What was refused is as if it had never been given.
    const check = { ...login, answerId, exchangeId: answer.context.exchangeId };
    const reserved = await store.reserve({ ...check, round: answer.round, lockout: settings.lockout });
    if (reserved.kind !== "check") return { kind: "late" };
    const settled = await this.#settle(
      request,
      { ...challenge, switches: challenge.switches + 1 },
      { notPossible: true },
    );
    if (settled.kind !== "settled") return { kind: "late" };
    return { kind: "settled", reply: settled.reply, outcome: undefined, waiting: [] };
  }

  async #settle(request: SwitchRequest, next: Challenge, { notPossible }: { readonly notPossible: boolean }) {
    const { store, challenges, settings } = this.#parts;
    const { login, answerId, answer, opening } = request;
    const { context } = answer;
    const { prompts, reaches } = propertiesOf(next.way);
    const { sealedAttributes, sealedDenial } = opening;
    const bytes = encodeWaitingExchange({ context, sealedAttributes, sealedDenial });
    return store.settle({
      ...login,
      answerId,
      keepMs: settings.keepMs,
      lockout: settings.lockout,
      kind: "switch",
      prompt: prompts ? await this.#prompt(request, next, notPossible) : NOTHING,
      challenge: challenges.seal(login.loginId, next),
      reach: reaches && !notPossible ? settings.reach : undefined,
      exchange: { exchangeId: context.exchangeId, bytes },
      ...(prompts ? {} : { untilMs: context.deadlineMs }),
    });
  }

  async #prompt({ answer, login }: SwitchRequest, challenge: Challenge, notPossible: boolean): Promise<Uint8Array> {
    const { store, prompts, challenges, clock } = this.#parts;
    const { client, userKey } = answer.context;
    const status = await store.inspectLogin(login);
    const left = remainingSeconds(status.kind === "open" ? status.expiresAtMs : 0, clock.nowMs());
    const shown = { ...login, client, userKey, round: answer.round + 1, remainingSeconds: left };
    return prompts.seal({ ...shown, challenge, again: false, notPossible, ...challenges.shown(challenge) });
  }

  /** Whoever switched may have died before anybody was told. Nobody is reached a second time. */
  async tellAgain(login: LoginRef): Promise<void> {
    const { store, challenges, issueChallenge } = this.#parts;
    const status = await store.inspectLogin(login);
    if (status.kind !== "open" || status.challenge.length === 0) return;
    const challenge = challenges.open(login.loginId, status.challenge);
    if (challenge.switches === 0) return;
    const { context } = decodeWaitingExchange(status.context);
    await issueChallenge.issue({ context, userId: login.userId, challenge, expiresAtMs: status.expiresAtMs });
  }

  /** Nobody is reached in the way that was left, and somebody in the new one. */
  async #tell({ login, opening, challenge }: SwitchRequest, next: Challenge): Promise<void> {
    const { store, issueChallenge } = this.#parts;
    const status = await store.inspectLogin(login);
    if (status.kind !== "open") return;
    const { expiresAtMs } = status;
    const asking = { context: opening.context, userId: login.userId, expiresAtMs };
    await issueChallenge.replaced({ ...asking, challenge });
    await issueChallenge.issue({ ...asking, challenge: next });
  }
}
