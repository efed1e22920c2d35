const CODE_TEXT = ["code", "application"] as const;
const MAIL = [
  "userName",
  "application",
  "client",
  "station",
  "sourceAddress",
  "time",
  "blockedUntil",
  "reason",
] as const;

/** Every text that people get, and what may stand in its braces. */
export const PLACEHOLDERS = {
  "call.greeting": ["application"],
  "call.approve": ["application"],
  "call.pin": ["application"],
  "call.fraud": ["fraudCode"],
  "call.pinWrong": [],
  "call.notHeard": [],
  "call.approved": [],
  "call.denied": [],
  "call.reported": [],
  "call.wrong": [],
  "call.over": [],
  "call.goodbye": [],
  "sms.oneWay": CODE_TEXT,
  "sms.oneWayPin": CODE_TEXT,
  "sms.twoWay": CODE_TEXT,
  "sms.twoWayPin": CODE_TEXT,
  "sms.again": [],
  "sms.fraud": ["fraudCode"],
  "mail.fraudReported.subject": MAIL,
  "mail.fraudReported.body": MAIL,
  "mail.userUnblocked.subject": MAIL,
  "mail.userUnblocked.body": MAIL,
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type TextKey = keyof typeof PLACEHOLDERS;
export type BuiltInTexts = Readonly<Record<TextKey, string>>;

export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(PLACEHOLDERS, key);
}
