import { createSecretKey } from "node:crypto";
import type { AnswerId } from "@portcullis/login";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judgeCode } from "./code-verdict.js";
import { codeWindow, learntDrift, MAX_DRIFT_STEPS, resyncWindow, shownDrift } from "./code-window.js";
import type { Token } from "./token.js";
import { codeOf, matchingSteps } from "./totp.js";

const SECRET = createSecretKey(Buffer.from("12345678901234567890"));
const WIDTHS = { totpSteps: 1, hotpLookAhead: 10 };
const PERIOD_MS = 30_000;
const START_STEP = 60_000_000;

type Counted = Pick<Token, "type" | "periodSeconds" | "driftSteps" | "lastStep" | "lastAnswerId">;
const totp: Counted = { type: "totp", periodSeconds: 30, driftSteps: 0, lastStep: -1, lastAnswerId: "" };
const hotp: Counted = { ...totp, type: "hotp", lastStep: 41 };
const at = (step: number) => step * PERIOD_MS;
const answer = (number: number) => number.toString(16).padStart(32, "0") as AnswerId;

/** What a login does with a code, without the database. @returns whether it was right */
function type(token: Counted, code: string, nowMs: number, answerId: AnswerId): { right: boolean; next: Counted } {
  const matches = matchingSteps(
    { secret: SECRET, algorithm: "sha1", digits: 6 },
    code,
    codeWindow(token, nowMs, WIDTHS),
  );
  const verdict = judgeCode(matches, token, answerId);
  if (verdict.kind !== "unused") return { right: false, next: token };
  const driftSteps = learntDrift(token, verdict.step, nowMs);
  return { right: true, next: { ...token, lastStep: verdict.step, lastAnswerId: answerId, driftSteps } };
}

const shown = (step: number) => codeOf({ secret: SECRET, algorithm: "sha1", digits: 6 }, step);

describe("codeWindow", () => {
  it.each([
    [0, 99, 101],
    [0.49, 99, 101],
    [0.5, 100, 102],
    [-0.51, 98, 100],
    [7.2, 106, 108],
    [-MAX_DRIFT_STEPS, -1, 1],
  ])("is around the step that a clock with a drift of %d should show", (driftSteps, firstStep, lastStep) => {
    expect(codeWindow({ ...totp, driftSteps }, at(100), WIDTHS)).toEqual({ firstStep, lastStep });
  });

  it("of a counter goes on from the last one, and looks back only to tell old codes from wrong ones", () => {
    expect(codeWindow(hotp, at(100), WIDTHS)).toEqual({ firstStep: 31, lastStep: 51 });
    expect(type(hotp, shown(42), 0, answer(1))).toMatchObject({ right: true, next: { lastStep: 42, driftSteps: 0 } });
    expect(type(hotp, shown(51), 0, answer(1)).right).toBe(true);
    for (const counter of [52, 41, 40, 31]) expect(type(hotp, shown(counter), 0, answer(1)).right).toBe(false);
  });
});

describe("resyncWindow", () => {
  it("is wide, and of a counter never behind the last one", () => {
    expect(resyncWindow({ ...totp, driftSteps: 50 }, at(1_000))).toEqual({ firstStep: 900, lastStep: 1_100 });
    expect(resyncWindow(hotp, 0)).toEqual({ firstStep: 42, lastStep: 1_041 });
  });
});

describe("learntDrift", () => {
  it("moves the window by several codes that say the same, not by one", () => {
    let token = totp;
    const centres = Array.from({ length: 4 }, () => {
      token = { ...token, driftSteps: learntDrift(token, 101, at(100)) };
      return Math.round(token.driftSteps);
    });
    expect(centres).toEqual([0, 1, 1, 1]);
    expect(shownDrift(totp, 101, at(100))).toBe(1);
  });

  it("forgets as fast as it learns, and stays within its bounds", () => {
    const back = learntDrift({ ...totp, driftSteps: 1 }, 100, at(100));
    expect(back).toBeCloseTo(0.7);
    expect(learntDrift({ ...totp, driftSteps: MAX_DRIFT_STEPS }, 300, at(100))).toBe(MAX_DRIFT_STEPS);
    expect(learntDrift({ ...totp, driftSteps: -MAX_DRIFT_STEPS }, 0, at(1_000))).toBe(-MAX_DRIFT_STEPS);
    expect(learntDrift(hotp, 50, at(100))).toBe(0);
  });

  it("follows a clock that runs away slowly, however long", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -0.25, max: 0.25, noNaN: true }),
        fc.integer({ min: 1, max: 400 }),
        (speed, logins) => {
          let token = totp;
          for (let login = 0; login < logins; login++) {
            const offset = Math.max(-90, Math.min(90, speed * login));
            const nowMs = at(START_STEP + 10 * login);
            const { right, next } = type(
              token,
              shown(Math.floor(START_STEP + 10 * login + offset)),
              nowMs,
              answer(login),
            );
            if (!right) return false;
            token = next;
          }
          return true;
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe("codes that are used once", () => {
  const typings = fc.array(
    fc.record({
      waits: fc.integer({ min: 0, max: 4 }),
      offset: fc.integer({ min: -6, max: 6 }),
      by: fc.integer({ min: 0, max: 9 }),
    }),
    { maxLength: 60 },
  );

  it.each([
    ["by time", totp],
    ["by counter", { ...hotp, lastStep: START_STEP }],
  ])("%s are taken in rising order, whatever is typed when and whatever was learnt", (_, begin) => {
    fc.assert(
      fc.property(typings, fc.integer({ min: -20, max: 20 }), (typed, driftSteps) => {
        let token: Counted = { ...begin, driftSteps: begin.type === "totp" ? driftSteps : 0 };
        let now = START_STEP;
        const used = new Set<number>();
        for (const { waits, offset, by } of typed) {
          now += waits;
          const { right, next } = type(token, shown(now + driftSteps + offset), at(now), answer(by));
          // The same answer is right again without a step; any other right one takes a later step than all before.
          if (right && (used.has(next.lastStep) || next.lastStep <= token.lastStep)) return false;
          if (right) used.add(next.lastStep);
          token = next;
        }
        return true;
      }),
      { numRuns: 100 },
    );
  });
});
