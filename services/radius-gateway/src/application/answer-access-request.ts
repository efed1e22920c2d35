import type { Clock, KeyedDigest, Random, Sealer, Stages } from "@portcullis/kit";
import {
  answerPlace,
  appendedCodePlace,
  decodeContext,
  encodeContext,
  type FrontEnd,
  type FrontEndAnswer,
  type GatewayId,
  type LoginContext,
  type LoginId,
  passwordPlace,
  requestAttributesPlace,
  type StateSealer,
  type UserKey,
  userKeyOf,
} from "@portcullis/login";
import { type AccessRequest, type Step, stepOf, type TargetsOwn } from "../domain/access-request.js";
import { utf8PasswordOf } from "../domain/password-charset.js";
import type { LoginEvents } from "./ports.js";

export interface AnswerAccessRequestParts {
  readonly frontEnd: Pick<FrontEnd, "submit">;
  readonly events: LoginEvents;
  readonly states: StateSealer;
  readonly sealer: Sealer;
  readonly digest: KeyedDigest;
  readonly clock: Clock;
  readonly random: Random;
  readonly stages: Pick<Stages, "trace">;
  readonly gatewayId: GatewayId;
  /** The duplicate window. */
  readonly keepMs: number;
}

interface ExchangeTrace {
  readonly startedAt: number;
  /** Undefined until the exchange is published. */
  loginId: LoginId | undefined;
}

const NO_CONTEXT = new Uint8Array();
const LOGIN_ID_BYTES = 16;

/**
 * Hands one Access-Request in as an exchange: says what it is (a login, an answer to a prompt, or refused), has it claimed
 * and published, and waits for its reply. What the gateway refuses goes the same way, so that it ends in one audit row and
 * looks to the client like any other reject.
 */
export class AnswerAccessRequest {
  readonly #parts: AnswerAccessRequestParts;

  constructor(parts: AnswerAccessRequestParts) {
    this.#parts = parts;
  }

  /** Resolves when there is something to send, or nothing ever will be. */
  answer(request: AccessRequest): Promise<FrontEndAnswer> {
    const trace: ExchangeTrace = { startedAt: performance.now(), loginId: undefined };
    const { frontEnd, digest, states, clock, random, keepMs } = this.#parts;
    const { client, exchangeId, slot } = request;
    const userKey = userKeyOf(digest, request.keyName);
    const step = stepOf(request, (state) => states.open(state, { client: client.name, userKey }));
    const startsLogin = step.kind === "login" || step.kind === "refusal";
    // Never the exchange's: the same octets after the duplicate window are another login, with a row of its own.
    const newId = (): LoginId => random.bytes(LOGIN_ID_BYTES).toString("hex") as LoginId;
    const contextOf = (loginId: LoginId, claimedAtMs: number) =>
      this.#contextOf(request, { loginId, userKey, claimedAtMs });
    const answered = frontEnd.submit({
      exchangeId,
      userKey,
      slot,
      client: client.name,
      timeLimitMs: client.timeLimitMs,
      keepMs,
      maxExchanges: client.maxExchanges,
      startsLogin,
      // The claim's own time is known after the claim only; who ends an overdue login has it from the due index.
      context: startsLogin ? encodeContext(contextOf(newId(), clock.nowMs())) : NO_CONTEXT,
      publish: (claimedAtMs, claimed) => {
        const { loginId } = "token" in step ? step.token : decodeContext(claimed);
        trace.loginId = loginId;
        return this.#publish(request, step, contextOf(loginId, claimedAtMs));
      },
    });
    return this.#traced(answered, trace);
  }

  /** A function of its own: what waits here would else keep the whole request. */
  #traced(answered: Promise<FrontEndAnswer>, trace: ExchangeTrace): Promise<FrontEndAnswer> {
    return answered.then((answer) => {
      const { loginId, startedAt } = trace;
      if (loginId !== undefined) this.#parts.stages.trace("gateway.exchange", startedAt, loginId);
      return answer;
    });
  }

  /** Whether its State is one that was issued to this client and user, so that somebody has waited and typed for it. */
  continuesLogin({ state, client, keyName }: AccessRequest): boolean {
    const { digest, states } = this.#parts;
    if (state === undefined) return false;
    return states.open(state, { client: client.name, userKey: userKeyOf(digest, keyName) }) !== undefined;
  }

  #publish(request: AccessRequest, step: Step, context: LoginContext): Promise<void> {
    const { events, sealer } = this.#parts;
    const { exchangeId, credential } = request;
    switch (step.kind) {
      case "login":
        return events.loginRequested({
          context,
          credential: credential.kind,
          sealedPassword: this.#sealedPassword(request, step.password),
          sealedCode: step.code && sealer.seal(step.code, appendedCodePlace(exchangeId)),
          sealedAttributes: this.#sealedAttributes(request, { password: step.password }),
          server: undefined,
          refusal: undefined,
        });
      case "round":
        return events.loginRequested({
          context,
          credential: credential.kind,
          sealedPassword: this.#sealedPassword(request, step.password),
          sealedCode: undefined,
          sealedAttributes: this.#sealedAttributes(request, { state: step.token.state }),
          server: step.token.server,
          refusal: undefined,
        });
      case "answer": {
        const { userId, round } = step.token;
        const sealedAnswer = sealer.seal(step.answer, answerPlace(exchangeId));
        return events.challengeAnswered({ context, userId, round, sealedAnswer });
      }
      case "refusal":
        return events.loginRequested({
          context,
          credential: credential.kind,
          sealedPassword: undefined,
          sealedCode: undefined,
          sealedAttributes: undefined,
          server: undefined,
          refusal: step.code,
        });
    }
  }

  /** For a target of ours, in UTF-8. */
  #sealedPassword({ exchangeId, client }: AccessRequest, password: Uint8Array | undefined): Uint8Array | undefined {
    return (
      password && this.#parts.sealer.seal(utf8PasswordOf(password, client.passwordCharset), passwordPlace(exchangeId))
    );
  }

  /** For a target that is a RADIUS server: the password in the client's octets, the State as the server knows it. */
  #sealedAttributes(request: AccessRequest, own: TargetsOwn): Uint8Array | undefined {
    if (!request.client.forwards) return undefined;
    return this.#parts.sealer.seal(request.attributes(own), requestAttributesPlace(request.exchangeId));
  }

  #contextOf(request: AccessRequest, login: { loginId: LoginId; userKey: UserKey; claimedAtMs: number }): LoginContext {
    const { exchangeId, client } = request;
    return {
      ...login,
      exchangeId,
      gatewayId: this.#parts.gatewayId,
      client: client.name,
      userName: request.userName.text,
      station: request.station,
      sourceAddress: request.sourceAddress,
      deadlineMs: login.claimedAtMs + client.timeLimitMs,
    };
  }
}
