/** Something that nobody may read where it was not put. */
export interface KnownSecret {
  /** For messages, which must not have the secret itself. */
  readonly name: string;
  readonly octets: Buffer;
  /** A number that people type: only whole numbers are one, not digits of a longer one. */
  readonly isNumber?: boolean;
}

/** Shorter ones are met by chance. */
const MIN_OCTETS = 8;
/** Octets by which needles are told apart at first. */
const PREFIX_OCTETS = 4;

interface Needle {
  readonly secret: KnownSecret;
  readonly form: string;
  readonly octets: Buffer;
  readonly isNumber: boolean;
}

export interface Finding {
  readonly secret: string;
  /** How it was written there. */
  readonly form: string;
}

/** Looks for many secrets in all their forms at once: as they are, in hexadecimal, in base64 at any place of a longer text, in UTF-16. */
export class SecretSearch {
  readonly #byPrefix = new Map<number, Needle[]>();
  /** By the first two octets of a prefix, whether there is any: most places are passed over by that alone. */
  readonly #begins = new Uint8Array(65_536);

  /** Throws for a secret that is too short to be looked for. */
  constructor(secrets: readonly KnownSecret[]) {
    for (const secret of secrets) {
      if (secret.octets.length < MIN_OCTETS) throw new Error(`${secret.name} is too short to be looked for`);
      for (const needle of needlesOf(secret)) {
        const prefix = needle.octets.readUInt32BE();
        this.#begins[prefix >>> 16] = 1;
        const others = this.#byPrefix.get(prefix);
        if (others) others.push(needle);
        else this.#byPrefix.set(prefix, [needle]);
      }
    }
  }

  /** Each secret and form once, however often it stands there. */
  in(octets: Buffer): Finding[] {
    const found = new Map<string, Finding>();
    let prefix = 0;
    for (let end = 0; end < octets.length; end++) {
      prefix = ((prefix << 8) | (octets[end] as number)) >>> 0;
      const start = end + 1 - PREFIX_OCTETS;
      if (start < 0 || this.#begins[prefix >>> 16] === 0) continue;
      for (const needle of this.#byPrefix.get(prefix) ?? []) {
        if (!standsAt(needle, octets, start)) continue;
        const { secret, form } = needle;
        found.set(`${secret.name} ${form}`, { secret: secret.name, form });
      }
    }
    return [...found.values()];
  }
}

function standsAt({ octets: wanted, isNumber }: Needle, octets: Buffer, start: number): boolean {
  const end = start + wanted.length;
  if (end > octets.length || octets.compare(wanted, 0, wanted.length, start, end) !== 0) return false;
  return !isNumber || !(isDigit(octets[start - 1]) || isDigit(octets[end]));
}

const isDigit = (octet: number | undefined): boolean => octet !== undefined && octet >= 0x30 && octet <= 0x39;

function needlesOf(secret: KnownSecret): Needle[] {
  const { octets, isNumber = false } = secret;
  const hex = octets.toString("hex");
  const text = octets.toString();
  const isText = Buffer.from(text).equals(octets);
  const texts: [string, string][] = [
    ["hexadecimal", hex],
    ["hexadecimal", hex.toUpperCase()],
    ...(isText ? [["JSON", JSON.stringify(text).slice(1, -1)] as [string, string]] : []),
    ...[0, 1, 2].flatMap((shift): [string, string][] => {
      const base64 = base64In(octets, shift);
      return [
        ["base64", base64],
        ["base64url", base64.replaceAll("+", "-").replaceAll("/", "_")],
      ];
    }),
  ];
  const needles = [
    { secret, form: "as it is", octets, isNumber },
    ...(isText ? [{ secret, form: "UTF-16", octets: Buffer.from(text, "utf16le"), isNumber: false }] : []),
    ...texts.map(([form, written]) => ({
      secret,
      form,
      octets: Buffer.from(written),
      isNumber: isNumber && form === "JSON",
    })),
  ];
  return needles.filter((needle, at) => needles.findIndex((other) => other.octets.equals(needle.octets)) === at);
}

/** The characters of base64 that stand for these octets alone, when `shift` octets (of every three) come before them. */
function base64In(octets: Buffer, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), octets]).toString("base64");
  return text.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + octets.length) * 8) / 6));
}
