import type { Clock, KeyedDigest, Log, Random, Sealer, Stages } from "@portcullis/kit";
import { type PendingStore, ReplySealer, StateSealer } from "@portcullis/login";
import type { ChallengeSettings } from "../domain/settings.js";
import { AnnounceEnd } from "./announce-end.js";
import { AnswerAtOnce } from "./answer-at-once.js";
import { AnswerFactor } from "./answer-factor.js";
import { AskUser } from "./ask-user.js";
import { Challenges } from "./challenges.js";
import { CheckCode } from "./check-code.js";
import type { CheckPin } from "./check-pin.js";
import { ConcludeExchange } from "./conclude-exchange.js";
import { ConcludeHeld } from "./conclude-held.js";
import { Conversations } from "./conversations.js";
import { EndLogins } from "./end-logins.js";
import { FinalReplies } from "./final-replies.js";
import { HandleDelivery } from "./handle-delivery.js";
import { IssueChallenge } from "./issue-challenge.js";
import { JudgeAnswer, type Methods } from "./judge-answer.js";
import { MakeChallenge } from "./make-challenge.js";
import { ManualAnswers } from "./manual-answers.js";
import { AppMethod } from "./methods/app.js";
import { ManualMethod } from "./methods/manual.js";
import { OathMethod } from "./methods/oath.js";
import { SmsMethod } from "./methods/sms.js";
import { VoiceMethod } from "./methods/voice.js";
import { OpenChallenge } from "./open-challenge.js";
import type {
  AnswerEvents,
  Blocks,
  ChallengeCodec,
  ChallengeEvents,
  Clients,
  Factors,
  FraudCode,
  FraudEvents,
  LoginEvents,
  ReportEnd,
} from "./ports.js";
import { Prompts } from "./prompts.js";
import { ReportFraud } from "./report-fraud.js";
import { SweepOverdue } from "./sweep-overdue.js";
import { SwitchMethod } from "./switch-method.js";
import { VerifyAnswer } from "./verify-answer.js";
import { WaysOfUser } from "./ways-of-user.js";

/** What the use cases of logins stand on. */
export interface LoginPorts {
  readonly store: PendingStore;
  readonly clients: Clients;
  readonly factors: Factors;
  readonly blocks: Blocks;
  readonly checkPin: CheckPin;
  readonly events: LoginEvents & ChallengeEvents & FraudEvents & AnswerEvents;
  readonly codec: ChallengeCodec;
  readonly fraudCode: FraudCode;
  readonly report: ReportEnd;
  readonly sealer: Sealer;
  readonly digest: KeyedDigest;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly stages: Pick<Stages, "observe">;
}

/** The use cases of logins, each with what it needs of the others. */
export class LoginUseCases {
  readonly openChallenge: OpenChallenge;
  readonly verifyAnswer: VerifyAnswer;
  readonly answerFactor: AnswerFactor;
  readonly handleDelivery: HandleDelivery;
  readonly endLogins: EndLogins;
  readonly manualAnswers: ManualAnswers;
  readonly sweep: SweepOverdue;

  constructor(ports: LoginPorts, settings: ChallengeSettings) {
    const { store, clients, factors, events, sealer, digest, clock, log } = ports;
    const { keepMs } = settings;
    const [replies, states] = [new ReplySealer(sealer), new StateSealer(sealer)];
    const prompts = new Prompts(states, replies);
    const challenges = new Challenges({ codec: ports.codec, sealer, digest });
    const announceEnd = new AnnounceEnd(events, ports.report);
    const conclude = new ConcludeExchange({ store, replies, announceEnd, clock, keepMs });
    const finalReplies = new FinalReplies({ sealer, clients, factors, random: ports.random });
    const concludeHeld = new ConcludeHeld({ store, conclude, finalReplies, challenges, clock });
    const { fraudCode } = ports;
    const issueChallenge = new IssueChallenge({ events, challenges, clients, factors, fraudCode, sealer, clock });
    const makeChallenge = new MakeChallenge({ challenges, clients, digest });
    const waysOfUser = new WaysOfUser(factors, clock);
    const methods = methodsOf(ports, settings, { challenges, waysOfUser });
    const judgeAnswer = new JudgeAnswer({ methods, factors, clock });
    const told = { store, challenges, prompts, settings, clock };
    const ends = { conclude, concludeHeld, finalReplies };
    const ways = { makeChallenge, waysOfUser, clients };
    const switchMethod = new SwitchMethod({ ...told, ...ways, issueChallenge });
    this.verifyAnswer = new VerifyAnswer({ ...told, ...ends, judgeAnswer, switchMethod, sealer, digest, log });
    const askUser = new AskUser({ ...told, ...ends, makeChallenge, issueChallenge, digest });
    const { verifyAnswer } = this;
    const atOnce = { verifyAnswer, concludeHeld, challenges, settings, sealer, digest, clock };
    this.openChallenge = new OpenChallenge({
      store,
      clients,
      factors,
      blocks: ports.blocks,
      makeChallenge,
      askUser,
      answerAtOnce: new AnswerAtOnce({ store, ...atOnce }),
      conversations: new Conversations({ store, states, conclude, finalReplies, settings, clock }),
      conclude,
      finalReplies,
      digest,
      clock,
    });
    const reportFraud = new ReportFraud({ events, clients, digest, clock });
    const answered = { judgeAnswer, issueChallenge, reportFraud, digest, log };
    this.answerFactor = new AnswerFactor({ ...told, ...answered, concludeHeld });
    this.handleDelivery = new HandleDelivery({ ...told, ...ways, ...ends, factors });
    this.endLogins = new EndLogins({ store, challenges, concludeHeld, settings, clock });
    this.manualAnswers = new ManualAnswers({ store, clock, events });
    this.sweep = new SweepOverdue({ store, replies, clock, log, announceEnd, concludeHeld, challenges, keepMs });
  }
}

function methodsOf(
  ports: LoginPorts,
  settings: ChallengeSettings,
  { challenges, waysOfUser }: { readonly challenges: Challenges; readonly waysOfUser: WaysOfUser },
): Methods {
  const { clients, factors, checkPin, fraudCode, sealer, clock, log, stages } = ports;
  const widths = { totpSteps: settings.totpWindowSteps, hotpLookAhead: settings.factors.hotpLookAhead };
  const oath = new OathMethod(new CheckCode({ factors, sealer, clock, log, stages, widths }));
  return {
    oath,
    sms: new SmsMethod({ challenges, checkPin, fraudCode }),
    voice: new VoiceMethod({ checkPin, fraudCode }),
    app: new AppMethod({ challenges, checkPin, oath }),
    manual: new ManualMethod({ clients, waysOfUser }),
  };
}
