import { readFileSync, writeFileSync } from "node:fs";
import { eventually } from "@portcullis/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { ServiceName } from "../distributed/service-process.js";
import { challengeOf, codeAt, Nas, outcomeOf } from "../harness/nas.js";
import { type Ended, portcullis } from "../harness/portcullis.js";
import type { ProductUnderTest } from "../harness/product-under-test.js";
import { CLIENTS, OLD_SECRET, tokenSecretOf, trustedName } from "../harness/test-configuration.js";

const NEW_SECRET = "a shared secret of tomorrow";
/** A loopback address that no client has at first. */
const LATE = { address: "127.0.0.8", secret: "late-shared-secret" };
/** Longer than an importer needs to see a changed file and to leave it alone for a moment. */
const SEEN_WITHIN_MS = 20_000;

interface ListedClient {
  readonly name: string;
  readonly requests: number;
  readonly unsigned: number;
  readonly droppedUnsigned: number;
  readonly secrets: readonly { readonly place: string; readonly lastUsedAt: string | null }[];
}

/** What an operator does to clients while the product runs, whatever the mode. */
export function describeClients(mode: string, start: () => Promise<ProductUnderTest>): void {
  describe(`clients, ${mode}`, () => {
    let product: ProductUnderTest;
    let original: string;

    beforeAll(async () => {
      product = await start();
      original = readFileSync(product.configurationFile, "utf8");
    });
    afterAll(() => product?.stop());
    afterEach(async () => {
      write(original);
      await reload();
    });

    const write = (yaml: string): void => writeFileSync(product.configurationFile, yaml);
    const nasOf = (client: { address: string; secret: string }): Nas => new Nas({ ...client, port: product.ports[0] });
    const ask = (service: ServiceName, ...args: string[]): Promise<Ended[]> =>
      Promise.all(product.reach(service).map((reach) => portcullis([...args, ...reach])));

    /** What the replica of portal that imports says. */
    async function reload(): Promise<Ended> {
      const answers = await ask("portal", "reload");
      const importing = answers.find(({ stdout }) => !stdout.includes("another process of portal imports"));
      if (importing === undefined) throw new Error(answers.map(({ stdout, stderr }) => stdout + stderr).join("\n"));
      return importing;
    }

    /** What all gateways counted together. */
    async function counted(): Promise<ListedClient[]> {
      const answers = await ask("radius-gateway", "clients", "--json");
      return answers.flatMap(({ stdout }) => (JSON.parse(stdout) as { clients: ListedClient[] }).clients);
    }

    it("keeps a login that waits at its prompt when the client gets another secret, seen without a word", async () => {
      const user = trustedName(20);
      const before = nasOf(CLIENTS.trusted);
      const after = nasOf({ ...CLIENTS.trusted, secret: NEW_SECRET });
      const challenge = challengeOf(await before.password(user, ""));
      write(original.replace(CLIENTS.trusted.secret, NEW_SECRET));
      await eventually(
        async () => outcomeOf(await after.with({ tries: 1 }).password(trustedName(21), "")) === "challenge",
        {
          what: "the gateway knows the new secret",
          timeoutMs: SEEN_WITHIN_MS,
        },
      );
      expect(outcomeOf(await before.with({ tries: 2 }).password(user, ""))).toBe("timeout");
      expect(outcomeOf(await after.answer(user, challenge, codeAt(tokenSecretOf(user))))).toBe("accept");
    });

    it("takes a new client in at once when told to, says so, and lets it go again", async () => {
      const late = nasOf(LATE);
      expect(outcomeOf(await late.with({ tries: 1 }).password(trustedName(22), ""))).toBe("timeout");
      write(
        original.replace(
          "\ntargets:",
          `\n  - { name: late, address: ${LATE.address}, secret: "${LATE.secret}", target: trusted }\ntargets:`,
        ),
      );
      const added = await reload();
      // Whoever watches the file may have been faster.
      expect([added.code, added.stdout]).toEqual([0, expect.stringMatching(/clients added: late|nothing to change/)]);
      expect(outcomeOf(await late.password(trustedName(22), ""))).toBe("challenge");
      write(original);
      expect((await reload()).stdout).toMatch(/clients removed: late|nothing to change/);
      await eventually(
        async () => outcomeOf(await late.with({ tries: 1 }).password(trustedName(23), "")) === "timeout",
        {
          what: "the client is gone",
          timeoutMs: SEEN_WITHIN_MS,
        },
      );
    });

    it("changes nothing for a wrong file, and says what --check says", async () => {
      const wrong = original.replace("target: trusted", "targit: trusted");
      write(wrong);
      const refused = await reload();
      const checked = await portcullis(["run", "--config", product.configurationFile, "--check"]);
      expect([refused.code, refused.stderr]).toEqual([1, checked.stderr]);
      expect(refused.stderr).toMatch(/portcullis\.yaml:\d+:\d+ clients\[1\]\.targit: unknown key, did you mean target/);
      for (const client of [CLIENTS.trusted, CLIENTS.rotating]) {
        expect(outcomeOf(await nasOf(client).password(trustedName(24), ""))).toBe("challenge");
      }
      write(original);
      expect(await reload()).toMatchObject({ code: 0, stdout: expect.stringContaining("nothing to change") });
    });

    it("shows who sends no Message-Authenticator, and which secret of a rotation is still used", async () => {
      const legacy = nasOf(CLIENTS.legacy);
      await legacy.raw({ userName: trustedName(25), password: "x", messageAuthenticator: "omitted" });
      const lenient = nasOf(CLIENTS.lenient).with({ tries: 1 });
      await lenient.raw({ userName: trustedName(25), password: "x", messageAuthenticator: "omitted" });
      await nasOf({ ...CLIENTS.rotating, secret: OLD_SECRET }).password(trustedName(25), "");
      const all = await counted();
      const of = (name: string): ListedClient[] => all.filter((client) => client.name === name);
      expect(sum(of("legacy"), "unsigned")).toBeGreaterThan(0);
      expect(sum(of("lenient"), "droppedUnsigned")).toBeGreaterThan(0);
      const used = of("rotating").flatMap(({ secrets }) => secrets.filter(({ lastUsedAt }) => lastUsedAt !== null));
      expect(used.map(({ place }) => place)).toContain("second");
      const [shown] = await ask("radius-gateway", "clients");
      expect(shown?.code).toBe(0);
      expect(shown?.stdout).toMatch(/^NAME +ADDRESSES +TARGET +LAST REQUEST +REQUESTS/m);
      expect(shown?.stdout).toMatch(/^legacy: \d+ of \d+ requests had no Message-Authenticator/m);
      expect(shown?.stdout).toMatch(/^lenient: \d+ requests dropped.*requireMessageAuthenticator: false/m);
      expect(shown?.stdout).not.toContain(CLIENTS.legacy.secret);
    });
  });
}

function sum(clients: readonly ListedClient[], what: "unsigned" | "droppedUnsigned"): number {
  return clients.reduce((total, client) => total + client[what], 0);
}
