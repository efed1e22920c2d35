import type { Language } from "./language.js";
import { smsPartsOf } from "./sms-text.js";
import type { TextKey } from "./text-keys.js";
import type { Texts } from "./texts.js";

/** What a text is made of. */
export interface TextWords {
  readonly language: Language;
  readonly application: string;
  readonly code: string;
  readonly asksPin: boolean;
  readonly twoWay: boolean;
  /** Empty where fraud codes are switched off. */
  readonly fraudCode: string;
}

/** A long name is cut before a text needs a second message. */
const SHORTEST_APPLICATION = 12;

/** @param again the reply before was wrong */
export function textMessage(texts: Texts, words: TextWords, again: boolean): string {
  const characters = Array.from(words.application);
  const textWith = (application: string): string => compose(texts, { ...words, application }, again);
  const whole = textWith(words.application);
  if (smsPartsOf(whole).parts.length === 1) return whole;
  for (let length = characters.length - 1; length >= SHORTEST_APPLICATION; length--) {
    const shorter = textWith(characters.slice(0, length).join(""));
    if (smsPartsOf(shorter).parts.length === 1) return shorter;
  }
  return whole;
}

function compose(texts: Texts, { language, asksPin, twoWay, ...fields }: TextWords, again: boolean): string {
  const way: TextKey = twoWay ? (asksPin ? "sms.twoWayPin" : "sms.twoWay") : asksPin ? "sms.oneWayPin" : "sms.oneWay";
  const parts = [texts.fill(language, way, { code: fields.code, application: fields.application })];
  if (again) parts.push(texts.fill(language, "sms.again"));
  // Of a one-way text nobody reads the replies: fraud is then reported at the prompt.
  if (twoWay && fields.fraudCode !== "") parts.push(texts.fill(language, "sms.fraud", { fraudCode: fields.fraudCode }));
  return parts.join(" ");
}
