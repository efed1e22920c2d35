import { eventually, sleepMs } from "@portcullis/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { portcullis } from "../harness/portcullis.js";
import { auditState, type ProductUnderTest, type StartProduct } from "../harness/product-under-test.js";
import { BLOCK_DAYS, fraudConfiguration } from "./fraud-configuration.js";
import { killEverything, startEverything } from "./kill-everything.js";

const DAY_MS = 86_400_000;
/** What would come twice has come after this. */
const SETTLE_MS = 1_000;
/** After everything was killed, Kafka gives the partitions to nobody until the dead members' session is over. */
const RECORDED = { timeoutMs: 60_000, everyMs: 100 };

const PATH = "/internal/fraud-reports";
/** Reported at once, each by its own request, in the moment before everything is killed. */
const KILLED = ["carol", "dave", "erin"] as const;

interface Acknowledged {
  readonly reportId: string;
}

interface ListedReport {
  readonly reportId: string;
  readonly loginName: string;
  readonly channel: string;
  readonly note: string;
  readonly blockId: string;
}

interface ListedBlock {
  readonly blockId: string;
  readonly loginName: string;
  readonly until: string | null;
  readonly reason: string;
  readonly ended: { readonly reason: string } | null;
}

/** What becomes of fraud reports and blocks, as an operator sees it, whatever the mode. */
export function describeFraud(mode: string, start: StartProduct): void {
  describe(`fraud reports, ${mode}`, () => {
    let product: ProductUnderTest;

    beforeAll(async () => {
      // One replica of each is enough to be killed, and half as long to be started twice.
      product = await start({ configuration: fraudConfiguration, usersFile: "", replicas: 1 });
    }, 120_000);
    afterAll(() => product?.stop(), 60_000);

    it("reports, lists, unblocks and blocks by command", async () => {
      const before = await auditState(product);
      await userIsKnown("alice");
      const reported = await command("fraud", "report", "--user", "CORP\\Alice", "--note", "called the help desk");
      expect(reported).toContain("Reported for alice");
      await recorded("alice");
      expect(await command("fraud", "list", "--since", "1h")).toMatch(/ alice .* yes .*called the help desk/);
      expect(await command("block", "--list", "--user", "alice")).toMatch(/^alice .* report +fraud reported$/m);
      await told("alice", Date.parse((await blocksOf("alice"))[0]?.until ?? ""));
      expect(await command("block", "--remove", "--user", "alice", "--reason", "was she herself")).toContain(
        "Unblocked",
      );
      await told("alice", undefined);
      expect(await command("block", "--user", "alice", "--reason", "left", "--days", "0")).toContain("until unblocked");
      expect(await command("block", "--list", "--history")).toContain("was she herself");
      expect(await blocksOf("alice")).toMatchObject([
        { until: null, reason: "left", ended: null },
        { reason: "fraud reported", ended: { reason: "was she herself" } },
      ]);
      expect(await auditState(product)).toMatchObject({ intact: true, rows: before.rows + 4 });
    });

    it("says whom it does not know, and who is not blocked", async () => {
      const [unknown, open] = await Promise.all([
        run("fraud", "report", "--user", "nobody"),
        run("block", "--remove", "--user", "bob", "--reason", "x"),
      ]);
      expect([unknown.code, open.code]).toEqual([1, 1]);
      expect(unknown.stderr).toContain("No user nobody is known.");
      expect(open.stderr).toContain("bob is not blocked.");
    });

    it("has reports, their blocks and audit rows once when everything is killed once they are acknowledged", async () => {
      for (const user of KILLED) await userIsKnown(user);
      const before = await auditState(product);
      const report = (user: string) => product.call("fraud-reporter", PATH, { user, note: `not ${user}` });
      const acknowledged = await Promise.all(KILLED.map(report));
      await killEverything(product);
      await startEverything(product);
      for (const user of KILLED) await recorded(user);
      await sleepMs(SETTLE_MS);
      for (const [at, user] of KILLED.entries()) {
        expect(acknowledged[at]?.status).toBe(200);
        await expectOnce(user, JSON.parse(acknowledged[at]?.body ?? "") as Acknowledged);
      }
      expect(await auditState(product)).toMatchObject({ intact: true, rows: before.rows + 2 * KILLED.length });
    }, 180_000);

    async function expectOnce(user: string, { reportId }: Acknowledged): Promise<void> {
      const reports = await reportsOf(user);
      expect(reports).toMatchObject([{ reportId, channel: "command", note: `not ${user}`, blockId: reportId }]);
      const [block, ...others] = await blocksOf(user);
      expect(block).toMatchObject({ blockId: reportId, ended: null });
      const left = Date.parse(block?.until ?? "") - Date.now();
      expect(left).toBeGreaterThan((BLOCK_DAYS - 1) * DAY_MS);
      expect(left).toBeLessThanOrEqual(BLOCK_DAYS * DAY_MS);
      expect(others).toEqual([]);
      await told(user, Date.parse(block?.until ?? ""));
    }

    /** A user who is known and not blocked can't be unblocked. */
    async function userIsKnown(user: string): Promise<void> {
      const removal = () => product.call("fraud-reporter", "/internal/blocks/remove", { user, reason: "x" });
      await eventually(async () => (await removal()).status === 409, { what: `${user} is known`, ...RECORDED });
    }

    function recorded(user: string): Promise<unknown> {
      return eventually(async () => (await reportsOf(user)).length > 0, {
        what: `${user}'s report is there`,
        ...RECORDED,
      });
    }

    /** Whether whoever decides logins knows of it. @param untilMs undefined: that she is not blocked */
    async function told(user: string, untilMs: number | undefined): Promise<void> {
      const blockedUntilMs = async () => {
        const { body } = await product.call("challenge-orchestrator", `/internal/users/${user}/factors`);
        return (JSON.parse(body) as { blocked?: { untilMs: number } }).blocked?.untilMs;
      };
      const what = `challenge-orchestrator knows of the block of ${user}`;
      await eventually(async () => (await blockedUntilMs()) === untilMs, { what, ...RECORDED });
    }

    async function reportsOf(user: string): Promise<readonly ListedReport[]> {
      const { reports } = (await product.get(PATH)) as { reports: readonly ListedReport[] };
      return reports.filter(({ loginName }) => loginName === user);
    }

    async function blocksOf(user: string): Promise<readonly ListedBlock[]> {
      const { blocks } = (await product.get("/internal/blocks?history=true")) as { blocks: readonly ListedBlock[] };
      return blocks.filter(({ loginName }) => loginName === user);
    }

    const run = (...args: string[]) => portcullis([...args, ...(product.reach("fraud-reporter")[0] ?? [])]);

    async function command(...args: string[]): Promise<string> {
      const { code, stdout, stderr } = await run(...args);
      if (code !== 0) throw new Error(`portcullis ${args.join(" ")} ended with ${code}: ${stderr}`);
      return stdout;
    }
  });
}
