const SHOWN_AT_START = 3;
const SHOWN_AT_END = 2;

/** Enough to recognise one's own number by, and no more: `+49…67`. */
export function maskedNumber(number: string): string {
  if (number.length <= SHOWN_AT_START + SHOWN_AT_END + 2) return "…";
  return `${number.slice(0, SHOWN_AT_START)}…${number.slice(-SHOWN_AT_END)}`;
}

/**
 * One form for a number, however a provider writes it, so that a text finds its challenge: digits with a leading +.
 * @returns undefined for what is no international number (an alphanumeric sender, a short code)
 */
export function internationalNumber(text: string): string | undefined {
  const digits = text.replace(/[\s().-]/g, "").replace(/^(\+|00)/, "");
  return /^[1-9][0-9]{6,14}$/.test(digits) ? `+${digits}` : undefined;
}
