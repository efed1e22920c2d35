import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { ChallengeStateSchema, Matching as MatchingMessage } from "@portcullis/proto";
import type { ChallengeCodec } from "../../application/ports.js";
import type { Challenge, Notice } from "../../domain/challenge.js";
import { LANGUAGES, type Language, METHOD_NAMES, type MethodName } from "../../domain/user-factors.js";
import type { Matching } from "../../domain/way.js";
import { noticeMessage, noticeOf } from "../events/notices.js";

const MATCHINGS: Readonly<Record<Matching, MatchingMessage>> = {
  none: MatchingMessage.UNSPECIFIED,
  number: MatchingMessage.NUMBER,
  context: MatchingMessage.CONTEXT,
};

/** Challenges as protobuf. */
export const challengeCodec: ChallengeCodec = { encode, decode };

function encode(challenge: Challenge): Uint8Array {
  const { way, remember } = challenge;
  const message = create(ChallengeStateSchema, {
    method: way.method,
    pin: way.pin,
    twoWay: way.twoWay,
    matching: MATCHINGS[way.matching],
    challengeId: challenge.challengeId,
    attempt: challenge.attempt,
    notice: noticeMessage(challenge.notice),
    canPrompt: challenge.canPrompt,
    approved: challenge.approved,
    switches: challenge.switches,
    fallback: challenge.fallback,
    language: challenge.language,
    words: [...challenge.words],
    connectingTo: challenge.connectingTo,
    decoys: [...challenge.decoys],
    remember: remember.map(({ scope, durationMs, uses, onlyEarlier = false }) => {
      return { scope, durationMs: BigInt(durationMs), uses, onlyEarlier };
    }),
  });
  return toBinary(ChallengeStateSchema, message);
}

/** Throws for words that this version does not know. */
function decode(bytes: Uint8Array): Challenge {
  const message = fromBinary(ChallengeStateSchema, bytes);
  const { pin, twoWay, challengeId, attempt, canPrompt, approved, switches, fallback, connectingTo, decoys } = message;
  const notice: Notice = noticeOf(message.notice);
  return {
    way: { method: methodOf(message.method), pin, twoWay, matching: matchingOf(message.matching) },
    challengeId,
    attempt,
    notice,
    canPrompt,
    approved,
    switches,
    fallback,
    connectingTo,
    decoys,
    language: languageOf(message.language),
    words: message.words.map(methodOf),
    remember: message.remember.map(({ scope, durationMs, uses, onlyEarlier }) => {
      return { scope, durationMs: Number(durationMs), uses, ...(onlyEarlier ? { onlyEarlier } : {}) };
    }),
  };
}

export function matchingMessage(matching: Matching): MatchingMessage {
  return MATCHINGS[matching];
}

function matchingOf(message: MatchingMessage): Matching {
  const found = Object.entries(MATCHINGS).find(([, one]) => one === message);
  if (found === undefined) throw new Error("A challenge matches something that is not known here.");
  return found[0] as Matching;
}

function methodOf(name: string): MethodName {
  const method = METHOD_NAMES.find((one) => one === name);
  if (method === undefined) throw new Error("A challenge has a method that is not known here.");
  return method;
}

function languageOf(name: string): Language {
  return LANGUAGES.find((one) => one === name) ?? "en";
}
