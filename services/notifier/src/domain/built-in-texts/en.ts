import type { BuiltInTexts } from "../text-keys.js";

export const BUILT_IN_EN: BuiltInTexts = {
  "call.greeting": "Hello. Someone is signing in to {{application}} with your account.",
  "call.approve": "If it is you, press the hash key.",
  "call.pin": "If it is you, enter your PIN and then press the hash key.",
  "call.fraud": "If it is not you, press {{fraudCode}} and then the hash key to report fraud.",
  "call.pinWrong": "That PIN was not correct.",
  "call.notHeard": "We did not receive your answer.",
  "call.approved": "Thank you. Your sign-in has been approved. Goodbye.",
  "call.denied": "The sign-in has been denied. Goodbye.",
  "call.reported": "Thank you. The sign-in has been stopped and reported as fraud. Goodbye.",
  "call.wrong": "There were too many wrong entries. The sign-in has been denied. Goodbye.",
  "call.over": "This sign-in is no longer waiting for you. Goodbye.",
  "call.goodbye": "Thank you. Goodbye.",
  "sms.oneWay": "{{code}} is your sign-in code for {{application}}.",
  "sms.oneWayPin": "{{code}} is your sign-in code for {{application}}. Type it together with your PIN.",
  "sms.twoWay": "{{code}} is your code for {{application}}. To sign in, reply with this code.",
  "sms.twoWayPin": "{{code}} is your code for {{application}}. To sign in, reply with this code followed by your PIN.",
  "sms.again": "Your last reply was not correct.",
  "sms.fraud": "Not you? Reply {{fraudCode}}.",
  "mail.fraudReported.subject": "Fraud reported: {{userName}} at {{application}}",
  "mail.fraudReported.body": `{{userName}} has reported that a sign-in was not theirs.

Application:  {{application}} ({{client}})
Station:      {{station}}
Address:      {{sourceAddress}}
Reported at:  {{time}}
Blocked:      {{blockedUntil}}

Somebody else knows this user's password: have it changed before you unblock the user.`,
  "mail.userUnblocked.subject": "User unblocked: {{userName}}",
  "mail.userUnblocked.body": `{{userName}} is no longer blocked and can sign in again.

When:    {{time}}
Reason:  {{reason}}`,
};
