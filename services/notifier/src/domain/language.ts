/** The languages that the built-in texts are written in. */
export const LANGUAGES = ["en", "de", "fr", "es", "pt", "ja"] as const;
export type Language = (typeof LANGUAGES)[number];

/** English for whatever we do not speak. */
export function languageOf(text: string): Language {
  return LANGUAGES.find((language) => language === text) ?? "en";
}
