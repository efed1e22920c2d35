import { describe, expect, it } from "vitest";
import { pinTroubles } from "./pin-rules.js";

const PHONES = ["+49 (89) 5550-1749", "x8902"];

describe("pinTroubles", () => {
  it.each([
    // PIN, what is wrong
    ["2580", []],
    ["1397", []],
    ["11223344", []],
    ["1122", []],
    ["9021", []],
    ["8901", []],
    ["", ["too-short"]],
    ["258", ["too-short"]],
    ["2580258025802580", []],
    ["25802580258025802", ["too-long"]],
    ["25a0", ["not-digits"]],
    ["2580 ", ["not-digits"]],
    ["-258", ["not-digits"]],
    ["٢٥٨٠", ["not-digits"]],
    ["1117", ["repeats"]],
    ["7111", ["repeats"]],
    ["0000", ["repeats"]],
    ["1212", []],
    ["1237", ["runs"]],
    ["7123", ["runs"]],
    ["7654", ["runs"]],
    ["9871", ["runs"]],
    ["1357", []],
    ["012000", ["repeats", "runs"]],
    ["1749", ["phone"]],
    ["0174", ["phone"]],
    ["5501", ["phone"]],
    ["4989", ["phone"]],
    ["8955", ["phone"]],
    ["9471", []],
    ["261749", ["phone"]],
    ["8902", ["phone"]],
    ["7498", []],
  ])("%j: %j", (pin, troubles) => {
    expect(pinTroubles(pin, PHONES)).toEqual(troubles);
  });

  it("says nothing of phones to somebody who has none", () => {
    expect(pinTroubles("1749", [])).toEqual([]);
    expect(pinTroubles("1749", [""])).toEqual([]);
  });
});
