import { readFileSync, writeFileSync } from "node:fs";
import { eventually } from "@portcullis/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SERVICES } from "../distributed/service-process.js";
import { keyOptionsOf } from "../harness/key-options.js";
import { challengeOf, codeAt, Nas, outcomeOf } from "../harness/nas.js";
import { type Ended, portcullis } from "../harness/portcullis.js";
import type { ProductUnderTest, StartProduct } from "../harness/product-under-test.js";
import { CLIENTS, tokenSecretOf, trustedName } from "../harness/test-configuration.js";

/** A login that waits a moment for what is on its way, as a NAS does. */
const PATIENT = { intervalMs: 1_000, tries: 20 } as const;
const KEPT_MS = 8 * 86_400_000;

interface KeysFile {
  readonly active: number;
  readonly sealing: Readonly<Record<string, string>>;
  times?: Record<string, { retired?: string }>;
}

/** The rest, in every schema, is a test of the embedded product's own. */
async function expectTokensAreCovered(product: ProductUnderTest): Promise<void> {
  const { body } = await product.call("challenge-orchestrator", "/internal/keys");
  const { covers } = JSON.parse(body) as { readonly covers: readonly string[] };
  expect(covers).toContain("challenge_orchestrator.tokens.sealed_secret");
}

/** A key ring that changes under a running product, as an operator does it. */
export function describeKeys(
  mode: string,
  start: StartProduct,
  expectAllIsCovered: (product: ProductUnderTest) => Promise<void> = expectTokensAreCovered,
): void {
  describe(`a new key of the ring, ${mode}`, () => {
    let product: ProductUnderTest;
    let users = 0;
    beforeAll(async () => {
      product = await start();
    });
    afterAll(() => product?.stop());

    const keys = (...args: readonly string[]): Promise<Ended> =>
      portcullis(["keys", ...args, ...keyOptionsOf(product)]);
    const file = (): KeysFile => JSON.parse(readFileSync(product.keysFile, "utf8")) as KeysFile;
    const nas = (at: 0 | 1 = 0) => new Nas({ ...CLIENTS.trusted, ...PATIENT, port: product.ports[at] });
    async function prompt() {
      const user = trustedName(users++);
      return { user, challenge: challengeOf(await nas().password(user, "")) };
    }
    const answer = async ({ user, challenge }: Awaited<ReturnType<typeof prompt>>) =>
      outcomeOf(await nas(1).answer(user, challenge, codeAt(tokenSecretOf(user))));
    async function restartAll(): Promise<void> {
      const processes =
        product.dataFolder === undefined
          ? SERVICES.flatMap((name) => product.processesOf(name))
          : product.processesOf("portal");
      await Promise.all(processes.map((process) => process.kill()));
      await Promise.all(processes.map((process) => process.restart()));
    }

    it("will reach what is kept sealed", () => expectAllIsCovered(product));

    it("is there for every process, seals, and has everything sealed again, while people log in", async () => {
      const before = await prompt();
      let rotating = true;
      const outcomes: string[] = [];
      const crowd = (async () => {
        while (rotating) outcomes.push(await answer(await prompt()));
      })();
      const rotated = await keys("rotate");
      rotating = false;
      await crowd;
      expect([rotated.code, rotated.stderr]).toEqual([0, ""]);
      expect(rotated.stdout).toMatch(
        /1 of 4: key 2 [\s\S]*2 of 4: key 2 [\s\S]*3 of 4: [\s\S]*4 of 4: key 1 is kept until/,
      );
      expect(rotated.stdout).toContain("digests");
      expect(outcomes.length).toBeGreaterThan(0);
      expect(new Set(outcomes)).toEqual(new Set(["accept"]));
      expect(await answer(before)).toBe("accept");
      expect(file().active).toBe(2);
      const listed = await keys("list");
      expect(listed.stdout).toMatch(/^1 +[0-9a-f]{16} +retired .* 0 +(\d+) of \1$/m);
      expect(listed.stdout).toMatch(/^2 +[0-9a-f]{16} +active .* [1-9]\d* +(\d+) of \1$/m);
      for (const key of Object.values(file().sealing)) expect(listed.stdout + rotated.stdout).not.toContain(key);
    });

    it("leaves the old one until nothing can need it, and says until when", async () => {
      const refused = await keys("remove", "1");
      expect([refused.code, Object.keys(file().sealing)]).toEqual([1, ["1", "2"]]);
      expect(refused.stderr).toMatch(/still needed:\n {2}until \d{4}-\d\d-\d\d.*\(7 days/);
      const active = await keys("remove", "2");
      expect([active.code, active.stderr]).toEqual([1, expect.stringContaining("active one")]);
    });

    it("goes on where it was interrupted, after each step", async () => {
      expect((await keys("add")).code).toBe(0);
      await restartAll();
      expect(await answer(await prompt())).toBe("accept");
      expect((await keys("activate")).code).toBe(0);
      await restartAll();
      expect(await answer(await prompt())).toBe("accept");
      const needed = await keys("remove", "2");
      expect(needed.stderr).toContain("challenge-orchestrator tables");
      const rotated = await keys("rotate");
      expect([rotated.code, rotated.stderr]).toEqual([0, ""]);
      expect(rotated.stdout).not.toMatch(/1 of 4|2 of 4/);
      expect([file().active, Object.keys(file().sealing)]).toEqual([3, ["1", "2", "3"]]);
    });

    it("replaces the old ones for good once their time is over; everything starts and works without them", async () => {
      const content = file();
      const retired = new Date(Date.now() - KEPT_MS).toISOString();
      for (const id of ["1", "2"]) content.times = { ...content.times, [id]: { ...content.times?.[id], retired } };
      writeFileSync(product.keysFile, JSON.stringify(content));
      const rotated = await keys("rotate");
      expect(rotated.stdout).toMatch(/key 1 was removed[\s\S]*key 2 was removed/);
      expect(Object.keys(file().sealing)).toEqual(["3"]);
      expect(await answer(await prompt())).toBe("accept");
      await restartAll();
      await eventually(async () => (await answer(await prompt())) === "accept", { what: "a login after the restart" });
      expect((await keys("rotate")).stdout).toContain("1 of 4: key 4");
    });
  });
}
