/** Without letters that look like digits, or like each other. */
const ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";
/** 59 bits: far beyond guessing at a prompt, and beyond trying for whoever stole the digests without their key. */
const CODE_CHARACTERS = 12;
const GROUP_CHARACTERS = 4;
/** Bytes from here on would make some letters likelier than others. */
const FAIR_BYTES = ALPHABET.length * Math.floor(256 / ALPHABET.length);
/** More than any code needs: of 64 random bytes 62 are fair on average. */
export const CODE_RANDOM_BYTES = 64;

export const RECOVERY_CODES = 10;

/**
 * Writes a recovery code: `k7mn-9rt2-xw4p`.
 * @param random `CODE_RANDOM_BYTES` bytes
 */
export function recoveryCodeOf(random: Uint8Array): string {
  const fair = Array.from(random).filter((byte) => byte < FAIR_BYTES);
  if (fair.length < CODE_CHARACTERS) throw new Error("Too few of the random bytes are fair.");
  const letters = fair.slice(0, CODE_CHARACTERS).map((byte) => ALPHABET.charAt(byte % ALPHABET.length));
  const groups = Array.from({ length: CODE_CHARACTERS / GROUP_CHARACTERS }, (_, group) =>
    letters.slice(group * GROUP_CHARACTERS, (group + 1) * GROUP_CHARACTERS).join(""),
  );
  return groups.join("-");
}

/** A code as it is compared: people type capitals, blanks and other dashes. @returns undefined for what is none */
export function typedRecoveryCode(text: string): string | undefined {
  const letters = text.toLowerCase().replace(/[\s\p{Pd}]+/gu, "");
  return letters.length === CODE_CHARACTERS && Array.from(letters).every((letter) => ALPHABET.includes(letter))
    ? letters
    : undefined;
}
