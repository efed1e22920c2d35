import type { ExchangeId } from "./ids.js";

/** Associated data of the sealed fields of events: topic, field and exchange, so that none can be moved. */
export const passwordPlace = (exchangeId: ExchangeId): string => `login-requested/password/${exchangeId}`;
export const answerPlace = (exchangeId: ExchangeId): string => `challenge-answered/answer/${exchangeId}`;
/** Shared secrets of clients, by the client's name. */
export const clientSecretPlace = (client: string): string => `client-changed/secret/${client}`;
