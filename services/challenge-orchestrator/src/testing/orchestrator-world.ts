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
import { challengeCodec } from "../adapters/protobuf/challenge-codec.js";
import type { AnswerFactor } from "../application/answer-factor.js";
import { CheckPin } from "../application/check-pin.js";
import { LoginUseCases } from "../application/compose.js";
import type { HandleDelivery } from "../application/handle-delivery.js";
import type { OpenChallenge } from "../application/open-challenge.js";
import type {
  ClientRules,
  ClosedChallenge,
  FraudReport,
  GivenFactorAnswer,
  IssuedChallenge,
} from "../application/ports.js";
import type { SweepOverdue } from "../application/sweep-overdue.js";
import type { VerifyAnswer } from "../application/verify-answer.js";
import type { AnswerFromElsewhere } from "../domain/challenge.js";
import { pinPlace } from "../domain/pin-rules.js";
import type { Policy } from "../domain/policy.js";
import type { PrimaryDecision } from "../domain/primary-decision.js";
import type { ChallengeSettings } from "../domain/settings.js";
import { codeOf, stepAt } from "../domain/totp.js";
import { userPhonesPlace } from "../domain/user-factors.js";
import { Faults } from "./faults.js";
import { MemoryFactors } from "./memory-factors.js";
import { KEEP_MS, OWN_POLICY, SETTINGS } from "./world-settings.js";

export const START_MS = 1_800_000_015_000;
export const TIME_LIMIT_MS = 30_000;
export const CHALLENGE_LIMIT_MS = 120_000;
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
  readonly answerFactor: AnswerFactor;
  readonly handleDelivery: HandleDelivery;
  readonly useCases: LoginUseCases;
  readonly sweep: SweepOverdue;
  /** Whom the service wants to reach; a repetition of the same attempt counts once. */
  readonly issued: IssuedChallenge[] = [];
  readonly closed: ClosedChallenge[] = [];
  readonly frauds: FraudReport[] = [];
  readonly answered: GivenFactorAnswer[] = [];
  readonly pins = new Map<string, string>();
  fraudCode = "0";
  readonly #sealer: Sealer;
  readonly #states: StateSealer;
  readonly #replies: ReplySealer;

  constructor(changed: Partial<ChallengeSettings> = {}) {
    const { clock, clients, digest } = this;
    const settings = { ...SETTINGS, ...changed };
    const random = new PooledRandom();
    this.#sealer = new Sealer({ active: 1, sealing: new Map([[1, key()]]), digest: key(), audit: key() }, random);
    const sealer = this.#sealer;
    const log = createLog("test", "silent");
    this.#states = new StateSealer(sealer);
    this.#replies = new ReplySealer(sealer);
    this.factors = new MemoryFactors(sealer);
    const ports = {
      store: this.faults.wrap("store", this.store),
      clients: {
        find: (name: string) => clients.get(name),
        applications: () => [...new Set([...clients.values()].map(({ application }) => application))],
      },
      factors: this.faults.wrap("factors", this.factors),
      blocks: { blockedUntilMs: () => undefined },
      checkPin: this.#checkPin(sealer, log),
      events: this.faults.wrap("events", this.#events()),
      codec: challengeCodec,
      fraudCode: () => this.fraudCode,
      report: (outcome: LoginOutcome) => void this.reported.push(outcome),
      stages: { observe: () => undefined },
    };
    this.useCases = new LoginUseCases({ ...ports, sealer, digest, clock, random, log }, settings);
    const { openChallenge, verifyAnswer, answerFactor, handleDelivery, sweep } = this.useCases;
    [this.openChallenge, this.verifyAnswer, this.answerFactor] = [openChallenge, verifyAnswer, answerFactor];
    [this.handleDelivery, this.sweep] = [handleDelivery, sweep];
    this.setClient("vpn", {});
  }

  #events() {
    return {
      loginDecided: async (outcome: LoginOutcome): Promise<void> => void this.decided.push(outcome),
      challengeIssued: async (challenge: IssuedChallenge): Promise<void> => {
        const { challengeId, attempt } = challenge.challenge;
        const isSame = ({ challenge: one }: IssuedChallenge) =>
          one.challengeId === challengeId && one.attempt === attempt;
        if (!this.issued.some(isSame)) this.issued.push(challenge);
      },
      challengeClosed: async (challenge: ClosedChallenge): Promise<void> => void this.closed.push(challenge),
      fraudReported: async (report: FraudReport): Promise<void> => void this.frauds.push(report),
      factorAnswered: async (answer: GivenFactorAnswer): Promise<void> => void this.answered.push(answer),
    };
  }

  /** PINs in clear: the slow hashes have tests of their own. */
  #checkPin(sealer: Sealer, log: ReturnType<typeof createLog>): CheckPin {
    const pins = {
      find: async (userId: UserId) => {
        const pin = this.pins.get(userId);
        if (pin === undefined) return undefined;
        const kept = { version: 1, source: "file", fileDigest: "", setAtMs: 0, mustChange: false } as const;
        const sealedHashes = sealer.seal(Buffer.from(pin), pinPlace(userId));
        return { ...kept, userId, sealedHashes, expiresAtMs: undefined };
      },
    };
    const hasher = {
      decoy: "none",
      hash: async (secret: Uint8Array) => Buffer.from(secret).toString(),
      verify: async (hash: string, secret: Uint8Array) => hash === Buffer.from(secret).toString(),
    };
    return new CheckPin({ pins, hasher, sealer, clock: this.clock, log });
  }

  /** What `policy` has is the client's own. */
  setClient(name: string, rules: Partial<ClientRules>, policy: Partial<Policy> = {}): void {
    const settings = { ...OWN_POLICY, ...policy };
    const usual = {
      application: "Company VPN",
      rules: [{ name: "client", groups: [], settings }],
      challengeTimeLimitMs: CHALLENGE_LIMIT_MS,
      rejectDelayMs: 1_000,
      prompting: "auto",
      joinWithoutStation: false,
      reconnectWindowMs: undefined,
      downloadableAcls: false,
      whenTargetUnavailable: "silent",
      replyAttributes: [],
    } as const;
    this.clients.set(name, { ...usual, ...rules });
  }

  /** A user with a PIN. */
  setPin(userId: UserId, pin: string): void {
    this.pins.set(userId, pin);
    this.factors.change(userId, { pin: { mustChange: false, expiresAtMs: undefined } });
  }

  /** A user with phones. */
  setPhones(userId: UserId, phones = "phones"): void {
    this.factors.change(userId, { sealedPhones: this.sealed(phones, userPhonesPlace(userId)) });
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

  /** An operator's word about a login. */
  approve({ loginId }: { readonly loginId: LoginId }, approved: boolean): Promise<void> {
    const answer = { channel: "operator", word: approved ? "approve" : "deny" } as const;
    return this.answerElsewhere({ loginId, challengeId: "", attempt: 1 }, answer);
  }

  /** An answer to what was issued last, or to `asked`. */
  answerElsewhere(
    asked: Pick<GivenFactorAnswer, "loginId" | "challengeId" | "attempt">,
    answer: Partial<AnswerFromElsewhere>,
  ): Promise<void> {
    const given = { channel: "app", word: "approve", pin: "", matched: "", text: "", ...answer } as const;
    const times = { answeredAtMs: this.nowMs, deadlineMs: this.nowMs + 60_000 };
    return this.deliver(() => this.answerFactor.execute({ userId: ALICE, ...asked, ...times, answer: given }));
  }

  /** What an answer to the challenge that was issued last must name. */
  asked(at = -1): Pick<GivenFactorAnswer, "loginId" | "challengeId" | "attempt"> {
    const issued = this.issued.at(at);
    if (issued === undefined) throw new Error("Nobody was asked.");
    const { challengeId, attempt } = issued.challenge;
    return { loginId: issued.context.loginId, challengeId, attempt };
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
