/** Ids of the login path: 16 bytes in lower-case hexadecimal unless said otherwise. Branded, so that none is taken for another. */
type Brand<Name extends string> = string & { readonly __brand: Name };

/** One RADIUS request packet and its retransmissions. */
export type ExchangeId = Brand<"ExchangeId">;
/** One attempt of one user; random, drawn when its first exchange is claimed. */
export type LoginId = Brand<"LoginId">;
/** Keyed hash of the local part of the name that was typed. Tags exchanges; never identifies anyone. */
export type UserKey = Brand<"UserKey">;
/** The user; of a user whom we do not know, her user key. */
export type UserId = Brand<"UserId">;
/** Keyed digest of a login, a round of its challenge and the answer typed there. */
export type AnswerId = Brand<"AnswerId">;
/** One run of one front end; random, so that a restarted one never gets the replies of its predecessor. */
export type GatewayId = Brand<"GatewayId">;
