import { z } from "zod";
import { LANGUAGES, type Language, type ProviderService, SERVICES } from "../values/second-factor-words.js";

/**
 * Calls, texts, mails and pushes: the section `notifications`, every default filled in.
 * @template S a secret: a `Secret` in the configuration, its text where the section has travelled
 */
export interface NotificationsSettings<S = string> {
  /** The URL under which providers reach `/webhooks/`, without a slash at its end. */
  readonly publicUrl?: string | undefined;
  /** In the order in which they are tried. */
  readonly providers: readonly ProviderSettings<S>[];
  /** VAPID (RFC 8292), both keys in base64url; they are a pair. */
  readonly webPush?: { readonly publicKey: string; readonly privateKey: S; readonly subject: string } | undefined;
  /** Texts instead of the built-in ones, by language and name. */
  readonly texts: { readonly [Code in Language]?: Readonly<Record<string, string>> | undefined };
}

export type ProviderSettings<S = string> =
  | TwilioSettings<S>
  | SmppSettings<S>
  | HttpProviderSettings<S>
  | SmtpSettings<S>
  | OutboxSettings;

interface ProviderBase<Type extends string> {
  readonly name: string;
  readonly type: Type;
  /** What it is used for; never empty. */
  readonly does: readonly ProviderService[];
}

export interface TwilioSettings<S = string> extends ProviderBase<"twilio"> {
  readonly accountSid: string;
  readonly authToken: S;
  /** E.164. */
  readonly from: string;
  /** Without a slash at its end. */
  readonly apiUrl: string;
}

export interface SmppSettings<S = string> extends ProviderBase<"smpp"> {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly systemId: string;
  readonly password: S;
  /** E.164, a short number, or a name. */
  readonly from: string;
}

export interface HttpProviderSettings<S = string> extends ProviderBase<"http"> {
  readonly url: string;
  readonly method: "POST" | "PUT";
  readonly headers: Readonly<Record<string, S>>;
  /** With `{{to}}`, `{{text}}` and maybe `{{id}}`. */
  readonly body: string;
  /** Any from 200 to 299 where it is absent. */
  readonly successStatus?: number | undefined;
}

export interface SmtpSettings<S = string> extends ProviderBase<"smtp"> {
  readonly host: string;
  readonly port: number;
  readonly security: "none" | "starttls" | "tls";
  /** With `password`, or neither. */
  readonly user?: string | undefined;
  readonly password?: S | undefined;
  /** An address, or a name and an address in angle brackets. */
  readonly from: string;
}

export type OutboxSettings = ProviderBase<"outbox">;

const base = { name: z.string(), does: z.array(z.enum(SERVICES)) };
const text = z.string();

const provider = z.discriminatedUnion("type", [
  z.object({
    ...base,
    type: z.literal("twilio"),
    accountSid: text,
    authToken: text,
    from: text,
    apiUrl: text,
  }),
  z.object({
    ...base,
    type: z.literal("smpp"),
    host: text,
    port: z.int(),
    tls: z.boolean(),
    systemId: text,
    password: text,
    from: text,
  }),
  z.object({
    ...base,
    type: z.literal("http"),
    url: text,
    method: z.enum(["POST", "PUT"]),
    headers: z.record(z.string(), text),
    body: text,
    successStatus: z.int().optional(),
  }),
  z.object({
    ...base,
    type: z.literal("smtp"),
    host: text,
    port: z.int(),
    security: z.enum(["none", "starttls", "tls"]),
    user: text.optional(),
    password: text.optional(),
    from: text,
  }),
  z.object({ ...base, type: z.literal("outbox") }),
]);

/** Reads the section back; keys of a newer portal are left out. */
export const notificationsSettings: z.ZodType<NotificationsSettings> = z.object({
  publicUrl: text.optional(),
  providers: z.array(provider),
  webPush: z.object({ publicKey: text, privateKey: text, subject: text }).optional(),
  texts: z.partialRecord(z.enum(LANGUAGES), z.record(z.string(), text)),
});
