/** The words of second factors, as the YAML file, `users.csv` and every service say them. */
export const METHODS = ["oath", "sms", "voice", "app", "manual"] as const;
/** An operator's answer is asked for by a client, for trying; it is nothing that a user has. */
export const USER_METHODS = ["oath", "sms", "voice", "app"] as const;
export const LANGUAGES = ["en", "de", "fr", "es", "pt", "ja"] as const;
export const SMS_MODES = ["one-way", "one-way-pin", "two-way", "two-way-pin"] as const;
export const PIN_MODES = ["standard", "pin"] as const;
export const FAIL_MODES = ["secure", "safe"] as const;
export const REMEMBER_SCOPES = ["user", "method-and-application", "application-and-address"] as const;
/** What a provider can be used for. */
export const SERVICES = ["voice", "sms", "mail"] as const;

export type Method = (typeof METHODS)[number];
export type UserMethod = (typeof USER_METHODS)[number];
export type Language = (typeof LANGUAGES)[number];
export type SmsMode = (typeof SMS_MODES)[number];
export type PinMode = (typeof PIN_MODES)[number];
export type FailMode = (typeof FAIL_MODES)[number];
export type RememberScope = (typeof REMEMBER_SCOPES)[number];
export type ProviderService = (typeof SERVICES)[number];
