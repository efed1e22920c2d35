import { BUILT_IN_DE } from "./built-in-texts/de.js";
import { BUILT_IN_EN } from "./built-in-texts/en.js";
import { BUILT_IN_ES } from "./built-in-texts/es.js";
import { BUILT_IN_FR } from "./built-in-texts/fr.js";
import { BUILT_IN_JA } from "./built-in-texts/ja.js";
import { BUILT_IN_PT } from "./built-in-texts/pt.js";
import type { Language } from "./language.js";
import { type BuiltInTexts, isTextKey, PLACEHOLDERS, type TextKey } from "./text-keys.js";

/** An operator's own texts, checked already. */
export type OwnTexts = Readonly<Partial<Record<Language, Readonly<Partial<Record<TextKey, string>>>>>>;
export type Fields = Readonly<Record<string, string>>;

const BUILT_IN: Readonly<Record<Language, BuiltInTexts>> = {
  en: BUILT_IN_EN,
  de: BUILT_IN_DE,
  fr: BUILT_IN_FR,
  es: BUILT_IN_ES,
  pt: BUILT_IN_PT,
  ja: BUILT_IN_JA,
};
const IN_BRACES = /\{\{\s*([^{}]*?)\s*\}\}/g;
/** What stands where an event says nothing. */
const NOTHING = "-";
const MAX_TEXT_LENGTH = 4_000;

/** The texts as they are now: the operator's own before the built-in ones. */
export class Texts {
  readonly #own: OwnTexts;

  constructor(own: OwnTexts = {}) {
    this.#own = own;
  }

  fill(language: Language, key: TextKey, fields: Fields = {}): string {
    const template = this.#own[language]?.[key] ?? BUILT_IN[language][key];
    return template.replace(IN_BRACES, (_all, name: string) => fields[name] || NOTHING);
  }
}

/** @returns what is wrong with an operator's text, undefined when nothing is */
export function faultOfText(key: string, text: string): string | undefined {
  if (!isTextKey(key)) return `there is no text ${key}`;
  if (text.trim() === "" || text.length > MAX_TEXT_LENGTH) return `${key} must have 1 to ${MAX_TEXT_LENGTH} characters`;
  const known: readonly string[] = PLACEHOLDERS[key];
  const unknown = [...text.matchAll(IN_BRACES)].map(([, name]) => name ?? "").find((name) => !known.includes(name));
  if (unknown !== undefined) return `${key} has {{${unknown}}}, which is not one of its placeholders`;
  const needsCode = key.startsWith("sms.") && known.includes("code") && !/\{\{\s*code\s*\}\}/.test(text);
  return needsCode ? `${key} has no {{code}}` : undefined;
}
