import { fromBinary } from "@bufbuild/protobuf";
import { Controller, Inject } from "@nestjs/common";
import { OnEvent, Sealer } from "@portcullis/kit";
import { factorAnswerPlace, type LoginId, type UserId } from "@portcullis/login";
import {
  AnswerChannel,
  AnswerWord,
  type FactorAnswered,
  FactorAnsweredSchema,
  FactorAnswerSchema,
} from "@portcullis/proto";
import { AnswerFactor } from "../../application/answer-factor.js";
import type { AnswerFromElsewhere } from "../../domain/challenge.js";

const CHANNELS: ReadonlyMap<AnswerChannel, AnswerFromElsewhere["channel"]> = new Map([
  [AnswerChannel.APP, "app"],
  [AnswerChannel.CALL, "call"],
  [AnswerChannel.TEXT, "text"],
  [AnswerChannel.OPERATOR, "operator"],
]);

const WORDS: ReadonlyMap<AnswerWord, AnswerFromElsewhere["word"]> = new Map([
  [AnswerWord.APPROVE, "approve"],
  [AnswerWord.DENY, "deny"],
  [AnswerWord.FRAUD, "fraud"],
  [AnswerWord.TEXT, "text"],
]);

@Controller()
export class FactorAnsweredController {
  constructor(
    @Inject(AnswerFactor) private readonly answerFactor: AnswerFactor,
    @Inject(Sealer) private readonly sealer: Sealer,
  ) {}

  @OnEvent(FactorAnsweredSchema, { deadlineMs: (event: FactorAnswered) => Number(event.deadlineMs) })
  async onFactorAnswered(event: FactorAnswered): Promise<void> {
    const { challengeId, loginId, userId, attempt } = event;
    await this.answerFactor.execute({
      challengeId,
      loginId: loginId as LoginId,
      userId: userId as UserId,
      attempt,
      answer: this.#answerOf(event),
      answeredAtMs: Number(event.answeredAtMs),
      deadlineMs: Number(event.deadlineMs),
    });
  }

  /** Fail closed: a word that nobody of ours has sealed for this login and way is no answer; it goes to the dead letters. */
  #answerOf({ challengeId, loginId, channel: sent, sealedAnswer }: FactorAnswered): AnswerFromElsewhere {
    const channel = CHANNELS.get(sent);
    if (channel === undefined) throw new Error("An answer came by no known way.");
    const plain = this.sealer.open(sealedAnswer, factorAnswerPlace({ loginId, challengeId, channel }));
    if (plain === undefined) throw new Error("An answer was not sealed for its challenge.");
    const { word: said, pin, matched, text } = fromBinary(FactorAnswerSchema, plain);
    const word = WORDS.get(said);
    if (word === undefined) throw new Error("An answer says nothing that is known here.");
    return { channel, word, pin, matched, text };
  }
}
