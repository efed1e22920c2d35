import type { ExchangeId } from "./ids.js";

/** Associated data of the sealed fields of events: topic, field and exchange, so that none can be moved. */
export const passwordPlace = (exchangeId: ExchangeId): string => `login-requested/password/${exchangeId}`;
export const appendedCodePlace = (exchangeId: ExchangeId): string => `login-requested/code/${exchangeId}`;
export const answerPlace = (exchangeId: ExchangeId): string => `challenge-answered/answer/${exchangeId}`;
export const requestAttributesPlace = (exchangeId: ExchangeId): string => `login-requested/attributes/${exchangeId}`;
export const replyAttributesPlace = (exchangeId: ExchangeId): string => `primary-decided/attributes/${exchangeId}`;
export const denialPlace = (exchangeId: ExchangeId): string => `primary-decided/denial/${exchangeId}`;
export const accountingAttributesPlace = (exchangeId: ExchangeId): string =>
  `accounting-requested/attributes/${exchangeId}`;
/** Shared secrets of a target's servers, by the target's name and the server's place in it. */
export const targetSecretPlace = (target: string, at: number): string => `target-changed/secret/${target}/${at}`;
/** Reply attributes of a client's rule, by the client's name and the rule's place in it. */
export const clientReplyAttributesPlace = (client: string, at: number): string =>
  `client-changed/reply-attributes/${client}/${at}`;
/** Shared secrets of clients, by the client's name. */
export const clientSecretPlace = (client: string): string => `client-changed/secret/${client}`;
/** Numbers and the code of a challenge that reaches a person, by its id. */
export const challengePhonesPlace = (challengeId: string): string => `challenge-issued/phones/${challengeId}`;
export const challengeCodePlace = (challengeId: string): string => `challenge-issued/code/${challengeId}`;
/** What an answer from elsewhere is sealed for: this challenge of this login, and the way by which it came. */
export const factorAnswerPlace = (answer: {
  readonly loginId: string;
  readonly challengeId: string;
  readonly channel: "app" | "call" | "text" | "operator";
}): string => `factor-answered/${answer.loginId}/${answer.challengeId}/${answer.channel}`;
/** The secret of a device's codes, by the device and its user. */
export const deviceSecretPlace = (deviceId: string, userId: string): string => `device-changed/${userId}/${deviceId}`;
/** Where a device wants to be woken. */
export const pushSubscriptionPlace = (deviceId: string): string => `push-requested/${deviceId}`;
/** How a login is asked, by its id. */
export const challengeStatePlace = (loginId: string): string => `challenge-state/${loginId}`;
/** A section of the configuration, by its name. */
export const settingPlace = (name: string): string => `setting-changed/${name}`;
