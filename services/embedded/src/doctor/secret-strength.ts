/** Why a shared secret is too easy to find, worst first. */
export type SecretWeakness = "well-known" | "short" | "few-characters" | "made-of-words";

/** RFC 2865 section 3 asks for 16 octets. */
const LEAST_LENGTH = 16;
/** 16 random characters of base64 or hexadecimal hardly ever have fewer than this many different ones. */
const LEAST_DIFFERENT = 7;
/** Letters that are left when known words, digits and signs are taken away. */
const LEAST_UNKNOWN_LETTERS = 5;
/** Digits alone: 16 of them are 53 bits, which a search of a captured packet goes through. */
const LEAST_DIGITS = 24;

/** What servers, manuals and examples come with. */
const WELL_KNOWN: ReadonlySet<string> = new Set(
  `testing123 testing testing1234 test test123 secret secret123 sharedsecret shared_secret shared-secret mysecret
  supersecret topsecret radius radius123 radiussecret radius_secret radsec password password1 password123 passw0rd p@ssw0rd
  changeme change_me change-me changethis default admin admin123 administrator root cisco cisco123 juniper fortinet
  netscaler citrix vpn vpn123 letmein qwerty 123456 12345678 1234567890 xyzzy xyzzy5461 wifi wireless hello example
  demonstration-secret s3cr3t secret-key s3cret abc123 welcome welcome1 public private key sharedkey nas naskey`.split(
    /\s+/,
  ),
);
/** Longest first, so that `testing` is not taken for `test` with letters left over. */
const WORDS: readonly string[] = `administrator authentication portcullis password passwort wireless fortinet security
  changeme netscaler client server radius secret shared testing switch gateway network juniper default company example
  welcome letmein qwertz qwerty office router master access cisco admin login guest hello wifi wlan test user pass
  core site main prod demo corp john vpn nas key lan web old new dev lab abc my is it the for and xyz asdf`
  .split(/\s+/)
  .toSorted((one, other) => other.length - one.length);
const LEET: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "@": "a",
  $: "s",
};

/**
 * Judges a shared secret. Pure; nothing of it is kept.
 * @param owner the name of its client or target, which is a word to try as any other
 * @returns its worst weakness, or undefined
 */
export function weaknessOf(secret: string, owner: string): SecretWeakness | undefined {
  const plain = secret.toLowerCase();
  if (WELL_KNOWN.has(plain)) return "well-known";
  if (Buffer.byteLength(secret) < LEAST_LENGTH) return "short";
  if (new Set(secret).size < LEAST_DIFFERENT) return "few-characters";
  return isMadeOfWords(plain, owner.toLowerCase()) ? "made-of-words" : undefined;
}

function isMadeOfWords(plain: string, owner: string): boolean {
  const spoken = plain.replaceAll(/[^\p{L}\d]/gu, "");
  if (/^\d*$/.test(spoken)) return spoken.length < LEAST_DIGITS || isCount(spoken);
  const spelt = plain.replaceAll(/[013457@$]/g, (sign) => LEET[sign] ?? sign);
  return [plain, spelt].some((text) => unknownLetters(text, owner) < LEAST_UNKNOWN_LETTERS && isMostlyLetters(text));
}

/** A random text has few letters beside its digits only by chance; `1234` between words is no surprise. */
function isMostlyLetters(text: string): boolean {
  return (text.match(/\p{L}/gu)?.length ?? 0) * 2 >= text.length;
}

function unknownLetters(text: string, owner: string): number {
  const ownerWords = owner.split(/[^\p{L}]+/u).filter((word) => word.length > 2);
  const left = [...ownerWords, ...WORDS].reduce((rest, word) => rest.replaceAll(word, " "), text);
  return left.replaceAll(/[^\p{L}]/gu, "").length;
}

/** 0123456789012345..., up or down. */
function isCount(digits: string): boolean {
  const steps = Array.from(digits.slice(1), (digit, at) => (Number(digit) - Number(digits[at]) + 10) % 10);
  return new Set(steps).size === 1;
}
