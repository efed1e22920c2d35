import { createHmac, timingSafeEqual } from "node:crypto";

/**
 * X-Twilio-Signature: base64(HMAC-SHA1(auth token, URL and the form's fields behind it, each name and value, by their names)).
 * @param url whole, as Twilio was given it
 */
export function twilioSignature(authToken: string, url: string, form: Readonly<Record<string, string>>): string {
  const names = Object.keys(form).sort((a, b) => (a < b ? -1 : Number(a > b)));
  const signed = url + names.map((name) => `${name}${form[name]}`).join("");
  return createHmac("sha1", authToken).update(signed).digest("base64");
}

/** In constant time. Fail closed: a missing signature is a wrong one. */
export function isSigned(expected: string, given: string | undefined): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given ?? "")];
  return a.length === b.length && timingSafeEqual(a, b);
}
