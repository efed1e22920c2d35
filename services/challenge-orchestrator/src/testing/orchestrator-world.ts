import { createSecretKey, randomBytes } from "node:crypto";
import { createLog, isUnavailable, KeyedDigest, PooledRandom, Sealer } from "@portcullis/kit";
import {
  answerPlace,
  appendedCodePlace,
  type ExchangeId,
  encodeContext,
  type GatewayId,
  type LoginContext,
  type LoginId,
  type LoginOutcome,
  MemoryPendingStore,
  type Reply,
  ReplySealer,
  StateSealer,
  type StateToken,
  type UserId,
  type UserKey,
} from "@portcullis/login";
import { AnnounceEnd } from "../application/announce-end.js";
import { AnswerAtOnce } from "../application/answer-at-once.js";
import { CheckCode } from "../application/check-code.js";
import { ConcludeExchange } from "../application/conclude-exchange.js";
import { ConcludeHeld } from "../application/conclude-held.js";
import { Conversations } from "../application/conversations.js";
import { FinalReplies } from "../application/final-replies.js";
import { type Approval, FinishHeld } from "../application/finish-held.js";
import { HoldLogin } from "../application/hold-login.js";
import { OpenChallenge } from "../application/open-challenge.js";
import type { ClientRules } from "../application/ports.js";
import { Prompts } from "../application/prompts.js";
import { SweepOverdue } from "../application/sweep-overdue.js";
import { VerifyAnswer } from "../application/verify-answer.js";
import type { PrimaryDecision } from "../domain/primary-decision.js";
import type { ChallengeSettings } from "../domain/settings.js";
import { codeOf, stepAt } from "../domain/totp.js";
import { Faults } from "./faults.js";
import { MemoryFactors } from "./memory-factors.js";

export const START_MS = 1_800_000_015_000;
export const TIME_LIMIT_MS = 30_000;
export const CHALLENGE_LIMIT_MS = 120_000;
export const KEEP_MS = 30_000;
const MAX_DELIVERIES = 10;
const SWEEP_LEASE_MS = 10_000;
const GATEWAY = "aa".repeat(16) as GatewayId;

const key = () => createSecretKey(randomBytes(32));
export const id = (number: number): string => number.toString(16).padStart(32, "0");
export const ALICE = id(0xa11ce) as UserId;

/** One request of a user that a gateway has claimed. */
export interface Request {
  readonly exchange: number;
  readonly slot?: string;
  readonly station?: string;
  readonly client?: string;
  readonly userName?: string;
  readonly userKey?: UserKey;
}

/** The whole service around a pending store in memory: a test plays gateway, authn-primary, time and misfortune. */
export class OrchestratorWorld {
  nowMs = START_MS;
  readonly clock = { nowMs: () => this.nowMs };
  readonly digest = new KeyedDigest(key());
  readonly faults = new Faults();
  readonly decided: LoginOutcome[] = [];
  readonly reported: LoginOutcome[] = [];
  readonly clients = new Map<string, ClientRules>();
  readonly factors: MemoryFactors;
  readonly store = new MemoryPendingStore(this.clock);
  readonly openChallenge: OpenChallenge;
  readonly verifyAnswer: VerifyAnswer;
  readonly finishHeld: FinishHeld;
  readonly sweep: SweepOverdue;
  readonly #sealer: Sealer;
  readonly #states: StateSealer;
  readonly #replies: ReplySealer;

  constructor(changed: Partial<ChallengeSettings> = {}) {
    const { clock, clients } = this;
    const lockout = { maxFailures: 10, windowMs: 300_000 };
    const pins = { hotpLookAhead: 10, pinHistory: 5, pinDays: 0 };
    const usual = { maxTries: 3, maxOpen: 4, lockout, totpWindowSteps: 1, factors: pins, keepMs: KEEP_MS };
    const settings = { ...usual, ...changed };
    const random = new PooledRandom();
    this.#sealer = new Sealer({ active: 1, sealing: new Map([[1, key()]]), digest: key(), audit: key() }, random);
    const sealer = this.#sealer;
    const log = createLog("test", "silent");
    this.#states = new StateSealer(sealer);
    this.#replies = new ReplySealer(sealer);
    const replies = this.#replies;
    const prompts = new Prompts(this.#states, replies);
    this.factors = new MemoryFactors(sealer);
    const store = this.faults.wrap("store", this.store);
    const factors = this.faults.wrap("factors", this.factors);
    const loginDecided = async (outcome: LoginOutcome): Promise<void> => void this.decided.push(outcome);
    const events = this.faults.wrap("events", { loginDecided });
    const announceEnd = new AnnounceEnd(events, (outcome) => this.reported.push(outcome));
    const conclude = new ConcludeExchange({ store, replies, announceEnd, clock, keepMs: KEEP_MS });
    const stages = { observe: () => undefined };
    const widths = { totpSteps: settings.totpWindowSteps, hotpLookAhead: settings.factors.hotpLookAhead };
    const checkCode = new CheckCode({ factors, sealer, clock, log, stages, widths });
    const known = { find: (name: string) => clients.get(name) };
    const finalReplies = new FinalReplies({ sealer, clients: known, factors, random });
    const concludeHeld = new ConcludeHeld({ store, conclude, finalReplies, clock });
    const shared = { store, prompts, conclude, finalReplies, settings, clock };
    const conversations = new Conversations({ ...shared, states: this.#states });
    const holdLogin = new HoldLogin({ store, concludeHeld, settings, clock });
    const { digest } = this;
    this.verifyAnswer = new VerifyAnswer({ ...shared, checkCode, sealer, digest, log });
    const { verifyAnswer } = this;
    const answerAtOnce = new AnswerAtOnce({ store, verifyAnswer, concludeHeld, settings, sealer, digest, clock });
    const login = { clients: known, factors, conversations, holdLogin, answerAtOnce, concludeHeld };
    this.openChallenge = new OpenChallenge({ ...shared, ...login, digest });
    this.finishHeld = new FinishHeld({ store, concludeHeld, clients: known, factors, clock, keepMs: KEEP_MS });
    this.sweep = new SweepOverdue({ store, replies, announceEnd, concludeHeld, clock, log, keepMs: KEEP_MS });
    this.setClient("vpn", {});
  }

  setClient(name: string, rules: Partial<ClientRules>): void {
    const usual = {
      mfa: true,
      requireUserMatch: true,
      challengeTimeLimitMs: CHALLENGE_LIMIT_MS,
      rejectDelayMs: 1_000,
      secondFactor: "code",
      prompting: "auto",
      joinWithoutStation: false,
      downloadableAcls: false,
      whenTargetUnavailable: "silent",
      replyAttributes: [],
    } as const;
    this.clients.set(name, { ...usual, ...rules });
  }

  /** A gateway claims a request that begins a login. */
  async claim(request: Request): Promise<LoginContext> {
    const context = this.#context(request, id(request.exchange) as LoginId);
    await this.#claim(request, context, true);
    return context;
  }

  /** A gateway claims a further round of the login that exchange 1 began. */
  async claimRound(request: Request): Promise<LoginContext> {
    const context = this.#context(request, id(1) as LoginId);
    await this.#claim(request, context, false);
    return context;
  }

  /** What the State of a challenge stands for. */
  openState(challenge: Reply): StateToken | undefined {
    return this.#states.open(challenge.state, { client: "vpn", userKey: id(0xe1) as UserKey });
  }

  /** authn-primary has proven the first factor (or what `changed` says), as often as it takes. */
  primary(context: LoginContext, changed: Partial<PrimaryDecision> = {}): Promise<void> {
    return this.deliver(() => this.openChallenge.execute({ ...this.proven(context), ...changed }));
  }

  /** The decision of a proven first factor. */
  proven(context: LoginContext): PrimaryDecision {
    return {
      context,
      userId: ALICE,
      userKnown: true,
      identityUnproven: false,
      credential: "password",
      credentialDigest: id(0xc4ed),
      sealedCode: undefined,
      result: { kind: "accepted" },
      sealedAttributes: undefined,
      sealedDenial: undefined,
      conversation: undefined,
    };
  }

  /** Somebody's word about a held login. */
  approve(login: Pick<Approval, "loginId">, approved: boolean): Promise<void> {
    return this.deliver(() => this.finishHeld.execute({ userId: ALICE, loginId: login.loginId, approved }));
  }

  /** What authn-primary seals for an exchange. */
  sealed(text: string, place: string): Uint8Array {
    return this.#sealer.seal(Buffer.from(text), place);
  }

  /** A login whose password had a code behind it; gives what its exchange is told. */
  async typedTogether(request: Request, code: string): Promise<Reply | undefined> {
    const context = await this.claim(request);
    await this.primaryWithCode(context, code);
    return this.replyIfAny(context.exchangeId);
  }

  primaryWithCode(context: LoginContext, code: string): Promise<void> {
    return this.primary(context, { sealedCode: this.sealed(code, appendedCodePlace(context.exchangeId)) });
  }

  /** A login as far as its prompt. */
  async prompted(request: Request): Promise<Reply> {
    const context = await this.claim(request);
    await this.primary(context);
    return this.reply(context.exchangeId);
  }

  /** A user answers a prompt; gives the reply to the answer's request. */
  async answer(prompt: Reply, text: string, request: Request): Promise<Reply | undefined> {
    const userKey = request.userKey ?? (id(0xe1) as UserKey);
    const client = request.client ?? "vpn";
    const token = this.#states.open(prompt.state, { client, userKey });
    if (token?.kind !== "prompt") throw new Error("The State does not open.");
    const context = this.#context(request, token.loginId);
    await this.#claim(request, context, false);
    const sealedAnswer = this.#sealer.seal(Buffer.from(text), answerPlace(context.exchangeId));
    const { userId, round } = token;
    await this.deliver(() => this.verifyAnswer.execute({ context, userId, round, sealedAnswer }));
    return this.replyIfAny(context.exchangeId);
  }

  async reply(exchangeId: string, userKey?: UserKey): Promise<Reply> {
    const reply = await this.replyIfAny(exchangeId, userKey);
    if (reply === undefined) throw new Error(`Exchange ${exchangeId} has no reply.`);
    return reply;
  }

  async replyIfAny(exchangeId: string, userKey = id(0xe1) as UserKey): Promise<Reply | undefined> {
    const ref = { userKey, exchangeId: exchangeId as ExchangeId };
    const [sealed] = await this.store.replies([ref]);
    return sealed === undefined ? undefined : this.#replies.open(ref, sealed);
  }

  /** Calls a handler as the transport does: again while a store is away. */
  async deliver(handle: () => Promise<unknown>): Promise<void> {
    for (let delivery = 1; ; delivery++) {
      try {
        await handle();
        return;
      } catch (error) {
        if (!isUnavailable(error) || delivery >= MAX_DELIVERIES) throw error;
      }
    }
  }

  /** One turn; when a store was away, another one after the lease. */
  sweepOnce(): Promise<void> {
    return this.deliver(() =>
      this.sweep.execute().catch((error: unknown) => {
        this.nowMs += SWEEP_LEASE_MS;
        throw error;
      }),
    );
  }

  /** The code that a token with this secret shows now, `offsetSteps` later. */
  code(secret: Uint8Array, offsetSteps = 0): string {
    const token = { secret: createSecretKey(secret), algorithm: "sha1", digits: 6 } as const;
    return codeOf(token, stepAt(this.nowMs, 30) + offsetSteps);
  }

  /** A code that the token does not show anywhere near now; different for each `number`. */
  wrongCode(secret: Uint8Array, number = 0): string {
    const near = [-2, -1, 0, 1, 2].map((offset) => this.code(secret, offset));
    const codes = Array.from({ length: 1_000 }, (_, at) => String(at).padStart(6, "0"));
    return codes.filter((code) => !near.includes(code))[number] ?? "999999x";
  }

  /** Distinct ends by login: a repetition of the same one is no second end. */
  ends(): string[] {
    const first = new Map<string, string>();
    for (const outcome of this.decided) {
      const { loginId } = outcome.context;
      const known = first.get(loginId);
      if (known !== undefined && known !== outcome.resultCode) throw new Error(`${known}, then ${outcome.resultCode}`);
      first.set(loginId, outcome.resultCode);
    }
    return [...first].map(([loginId, resultCode]) => `${Number.parseInt(loginId, 16)} ${resultCode}`);
  }

  #context(request: Request, loginId: LoginId): LoginContext {
    return {
      loginId,
      exchangeId: id(request.exchange) as ExchangeId,
      userKey: request.userKey ?? (id(0xe1) as UserKey),
      gatewayId: GATEWAY,
      client: request.client ?? "vpn",
      userName: request.userName ?? "alice",
      station: request.station ?? "",
      sourceAddress: "127.0.0.1",
      claimedAtMs: this.nowMs,
      deadlineMs: this.nowMs + TIME_LIMIT_MS,
    };
  }

  async #claim(request: Request, context: LoginContext, startsLogin: boolean): Promise<void> {
    const { client, userKey, exchangeId, gatewayId } = context;
    await this.store.claim({
      client,
      userKey,
      exchangeId,
      gatewayId,
      slot: request.slot ?? `slot ${request.exchange}`,
      timeLimitMs: TIME_LIMIT_MS,
      keepMs: KEEP_MS,
      maxExchanges: 1_000,
      startsLogin,
      context: startsLogin ? encodeContext(context) : new Uint8Array(0),
    });
  }
}
