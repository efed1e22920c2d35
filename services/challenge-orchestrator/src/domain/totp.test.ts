import { createSecretKey, randomBytes } from "node:crypto";
import { createGuardrails, generateSync } from "otplib";
import { describe, expect, it } from "vitest";
import { codeOf, matchingSteps, stepAt, type TotpAlgorithm, typedCode } from "./totp.js";

const ascii = (text: string) => createSecretKey(Buffer.from(text, "ascii"));
const RFC_SECRETS = {
  sha1: ascii("12345678901234567890"),
  sha256: ascii("12345678901234567890123456789012"),
  sha512: ascii("1234567890123456789012345678901234567890123456789012345678901234"),
} as const;

describe("codeOf", () => {
  it("gives the values of RFC 4226, appendix D", () => {
    const token = { secret: RFC_SECRETS.sha1, algorithm: "sha1", digits: 6 } as const;
    const codes = "755224 287082 359152 969429 338314 254676 287922 162583 399871 520489".split(" ");
    expect(codes.map((_, counter) => codeOf(token, counter))).toEqual(codes);
  });

  it.each([
    [59, "94287082", "46119246", "90693936"],
    [1_111_111_109, "07081804", "68084774", "25091201"],
    [1_111_111_111, "14050471", "67062674", "99943326"],
    [1_234_567_890, "89005924", "91819424", "93441116"],
    [2_000_000_000, "69279037", "90698825", "38618901"],
    [20_000_000_000, "65353130", "77737706", "47863826"],
  ])("gives the values of RFC 6238, appendix B, at %i s", (seconds, sha1, sha256, sha512) => {
    const step = stepAt(seconds * 1_000, 30);
    const code = (algorithm: TotpAlgorithm) => codeOf({ secret: RFC_SECRETS[algorithm], algorithm, digits: 8 }, step);
    expect([code("sha1"), code("sha256"), code("sha512")]).toEqual([sha1, sha256, sha512]);
  });

  it("agrees with otplib for every algorithm, length and period", () => {
    const guardrails = createGuardrails({ MIN_SECRET_BYTES: 10 });
    for (const algorithm of ["sha1", "sha256", "sha512"] as const) {
      for (const digits of [6, 7, 8] as const) {
        for (const period of [30, 60]) {
          const bytes = randomBytes(10 + (digits - 6) * 27);
          const epoch = 1_700_000_000 + digits * 977_777;
          const expected = generateSync({ secret: bytes, algorithm, digits, period, epoch, guardrails });
          const step = stepAt(epoch * 1_000, period);
          expect(codeOf({ secret: createSecretKey(bytes), algorithm, digits }, step)).toBe(expected);
        }
      }
    }
  });
});

describe("stepAt", () => {
  it("changes exactly at the border of a period", () => {
    expect([stepAt(29_999, 30), stepAt(30_000, 30), stepAt(59_999, 60), stepAt(60_000, 60)]).toEqual([0, 1, 0, 1]);
  });
});

describe("matchingSteps", () => {
  const token = { secret: RFC_SECRETS.sha1, algorithm: "sha1", digits: 6 } as const;
  const at = (offset: number) => codeOf(token, 1_000 + offset);

  it.each([
    [0, [0]],
    [1, [-1, 0, 1]],
    [3, [-3, -2, -1, 0, 1, 2, 3]],
  ])("finds the codes of a window of %i steps on both sides and none beyond", (widthSteps, inside) => {
    for (let offset = -5; offset <= 5; offset++) {
      const window = { firstStep: 1_000 - widthSteps, lastStep: 1_000 + widthSteps };
      const found = matchingSteps(token, at(offset), window);
      expect(found).toEqual(inside.includes(offset) ? [1_000 + offset] : []);
    }
  });

  it("looks at nothing before 1970", () => {
    expect(matchingSteps(token, "755224", { firstStep: -10, lastStep: 10 })).toEqual([0]);
  });

  it("takes digits only as they are typed, at full length", () => {
    const window = { firstStep: 999, lastStep: 1_001 };
    const code = at(0);
    const others = ["", code.slice(1), code.slice(0, 5), `0${code}`, `${code}0`, `${code}\0`, `+${code.slice(1)}`];
    for (const typed of others) expect(matchingSteps(token, typed, window)).toEqual([]);
    const fullWidth = Array.from(code, (digit) => String.fromCodePoint(0xff10 + Number(digit))).join("");
    expect(matchingSteps(token, fullWidth, window)).toEqual([]);
  });

  it("does not take a code of NUL for the padding of a short one", () => {
    expect(matchingSteps(token, "\0".repeat(6), { firstStep: 999, lastStep: 1_001 })).toEqual([]);
  });
});

describe("typedCode", () => {
  it("leaves out the spaces that people put in, and nothing else", () => {
    expect(typedCode(" 123 456\t")).toBe("123456");
    expect(typedCode("012-345")).toBe("012-345");
    expect(typedCode("   ")).toBe("");
  });
});
