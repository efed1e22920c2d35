import type { Script } from "../../../domain/call-script.js";
import type { Language } from "../../../domain/language.js";

/** Twilio speaks these in each of our languages. */
const SPOKEN: Readonly<Record<Language, string>> = {
  en: "en-US",
  de: "de-DE",
  fr: "fr-FR",
  es: "es-ES",
  pt: "pt-BR",
  ja: "ja-JP",
};
/** Silence after which nothing more is expected to be pressed. */
const SILENCE_SECONDS = 8;
const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/**
 * A script as TwiML.
 * @param keysUrl where pressed keys go. It is called when nothing was pressed, too: a # alone is an answer, and silence is none
 */
export function twimlOf({ language, sentences, next }: Script, keysUrl: string): string {
  const said = sentences.map((text) => `<Say language="${SPOKEN[language]}">${escaped(text)}</Say>`).join("");
  const verbs =
    next === "hang-up"
      ? `${said}<Hangup/>`
      : `<Gather input="dtmf" finishOnKey="#" timeout="${SILENCE_SECONDS}" actionOnEmptyResult="true" method="POST" action="${escaped(keysUrl)}">${said}</Gather>`;
  return `<?xml version="1.0" encoding="UTF-8"?><Response>${verbs}</Response>`;
}

export const NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response/>';

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
