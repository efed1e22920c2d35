/** GSM 03.38: what one character of seven bits can say. */
const BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
/** These take an escape before them: two characters. */
const EXTENDED = new Set("\f^{}\\[~]|€");

const SEPTETS = { single: 160, part: 153 };
/** UCS-2: two bytes a character. */
const UNITS = { single: 70, part: 67 };
/** Longer texts are cut; none of ours comes near. */
export const MAX_PARTS = 6;

type SmsCoding = "gsm7" | "ucs2";

export interface SmsParts {
  readonly coding: SmsCoding;
  /** The text in the pieces that phones put together again; one when it fits. */
  readonly parts: readonly string[];
}

/** How a text travels: in seven bits where it can, and cut where one message does not hold it. Never within a character. */
export function smsPartsOf(text: string): SmsParts {
  const characters = Array.from(text);
  const isGsm = characters.every((character) => BASIC.has(character) || EXTENDED.has(character));
  const sizeOf = (character: string): number => (isGsm ? (EXTENDED.has(character) ? 2 : 1) : character.length);
  const limits = isGsm ? SEPTETS : UNITS;
  const coding = isGsm ? "gsm7" : "ucs2";
  const size = characters.reduce((sum, character) => sum + sizeOf(character), 0);
  if (size <= limits.single) return { coding, parts: [text] };
  const parts: string[] = [];
  let part = "";
  let used = 0;
  for (const character of characters) {
    if (used + sizeOf(character) > limits.part) {
      parts.push(part);
      [part, used] = ["", 0];
    }
    part += character;
    used += sizeOf(character);
  }
  return { coding, parts: [...parts, part].slice(0, MAX_PARTS) };
}
