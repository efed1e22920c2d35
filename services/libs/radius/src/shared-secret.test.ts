import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { MAX_SECRET_BYTES, SharedSecret } from "./index.js";

describe("SharedSecret", () => {
  const secret = new SharedSecret("xyzzy5461");

  it("prints as [redacted], however it is printed", () => {
    const prints = [
      String(secret),
      secret.toString(),
      JSON.stringify({ secret }),
      inspect({ secret }, { showHidden: true }),
    ];
    expect(prints.join(" ")).not.toContain("xyzzy");
    expect(prints.every((print) => print.includes("[redacted]"))).toBe(true);
    expect(Object.keys(secret)).toEqual([]);
  });

  it("has 1 to 1024 octets, of which the error says only how many", () => {
    expect(() => new SharedSecret("")).toThrow(RangeError);
    expect(() => new SharedSecret("s".repeat(MAX_SECRET_BYTES + 1))).toThrow(
      /^a shared secret has 1 to 1024 octets, not 1025$/,
    );
    expect(new SharedSecret("s".repeat(MAX_SECRET_BYTES))).toBeInstanceOf(SharedSecret);
  });
});
