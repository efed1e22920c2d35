import { randomBytes } from "node:crypto";
import {
  AcctStatusType,
  type Attribute,
  AttributeType,
  Code,
  type ExchangeResult,
  encodeRequest,
  integerAttribute,
  isExchangeFailed,
  SharedSecret,
  textAttribute,
} from "@portcullis/radius";
import { eventually, type FreeradiusServer, startFreeradius } from "@portcullis/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Nas } from "../harness/nas.js";
import { type Ended, portcullis } from "../harness/portcullis.js";
import type { ProductUnderTest, StartProduct } from "../harness/product-under-test.js";
import { radclient } from "../harness/radclient.js";
import { accountingConfiguration, FORWARDING, OFF, RECORDING, TARGET_SECRET } from "./accounting-configuration.js";

const RESPONSE = "Accounting-Response";
/** Long enough to ask several times while nobody can answer. */
const IMPATIENT = { intervalMs: 500, tries: 4 } as const;
/** As a NAS does that keeps what is not acknowledged. */
const PATIENT = { intervalMs: 1_500, tries: 30 } as const;

interface ListedSession {
  readonly client: string;
  readonly sessionId: string;
  readonly userName: string;
  readonly endedBy: string;
  readonly inputOctets: string;
}

/** Accounting as a NAS and an operator see it, whatever the mode. */
export function describeAccounting(mode: string, start: StartProduct): void {
  describe(`accounting, ${mode}`, () => {
    let product: ProductUnderTest;
    let target: FreeradiusServer;

    beforeAll(async () => {
      const clients = [{ name: "portcullis", address: "127.0.0.1", secret: TARGET_SECRET }];
      target = await startFreeradius({ users: "", clients });
      product = await start({
        configuration: (listen, accounting) => accountingConfiguration(listen, accounting, target),
        usersFile: "",
      });
    });
    afterAll(async () => {
      await product?.stop();
      await target?.stop();
    });

    const server = (at: 0 | 1 = 0) => ({ port: product.accountingPorts[at], secret: RECORDING.secret });
    const acct = (attributes: readonly string[], at: 0 | 1 = 0) => radclient(server(at), attributes, "acct");
    const nasOf = (client: typeof RECORDING, at: 0 | 1 = 0): Nas =>
      new Nas({ ...client, port: product.accountingPorts[at] });
    const sessionsText = (...args: readonly string[]): Promise<Ended> =>
      portcullis(["sessions", ...args, ...(product.reach("fraud-reporter")[0] ?? [])]);

    async function sessionsOf(user: string): Promise<{ open: ListedSession[]; closed: ListedSession[] }> {
      const { stdout, stderr } = await sessionsText("--json", "--user", user);
      if (stdout === "") throw new Error(stderr);
      return JSON.parse(stdout) as { open: ListedSession[]; closed: ListedSession[] };
    }

    /** Distributed, the answer says that the event is durable; its row comes a moment later. */
    async function untilSessions(user: string, open: number, closed: number) {
      const counts = async () => {
        const listed = await sessionsOf(user);
        return listed.open.length === open && listed.closed.length === closed;
      };
      await eventually(counts, { what: `${user} has ${open} open and ${closed} closed sessions`, timeoutMs: 20_000 });
      return sessionsOf(user);
    }

    /** Of the gateway that `product.call` reaches: the first. */
    async function metric(name: string, labels: string): Promise<number> {
      const { body } = await product.call("radius-gateway", "/metrics");
      const line = body.split("\n").find((one) => one.startsWith(`${name}{${labels}}`));
      return Number(line?.split(" ").at(-1) ?? 0);
    }

    it("keeps a session from its start to its end, with what radclient sends", async () => {
      const session = [
        "User-Name = CORP\\\\alice",
        "Acct-Session-Id = e1",
        "NAS-Identifier = asa",
        "Framed-IP-Address = 10.0.0.9",
      ];
      expect((await acct([...session, "Acct-Status-Type = Start"])).reply).toBe(RESPONSE);
      expect((await untilSessions("alice", 1, 0)).open).toMatchObject([{ client: "recording", sessionId: "e1" }]);
      const stop = [
        "Acct-Status-Type = Stop",
        "Acct-Input-Octets = 7",
        "Acct-Input-Gigawords = 1",
        "Acct-Terminate-Cause = User-Request",
      ];
      expect((await acct([...session, ...stop], 1)).reply).toBe(RESPONSE);
      const { closed } = await untilSessions("alice@corp.example", 0, 1);
      expect(closed).toMatchObject([{ endedBy: "user-request", inputOctets: String(2 ** 32 + 7) }]);
      const shown = await sessionsText("--user", "alice");
      expect(shown.stdout).toMatch(/CORP\\alice +recording +asa +10\.0\.0\.9 .* 4\.29 GB .* user-request/);
    });

    it("is silent for a wrong secret, and says so in the metrics", async () => {
      const wrong = { ...server(), secret: "another secret" };
      const { reply } = await radclient(
        wrong,
        ["User-Name = mallory", "Acct-Session-Id = x", "Acct-Status-Type = Start"],
        "acct",
      );
      expect(reply).toBeUndefined();
      expect((await sessionsOf("mallory")).open).toEqual([]);
      const labels = 'client="recording",reason="request-authenticator-wrong"';
      expect(await metric("portcullis_radius_discarded_total", labels)).toBeGreaterThan(0);
    });

    it("is silent for a client that has accounting off, in clear words", async () => {
      const answer = await nasOf(OFF)
        .with(IMPATIENT)
        .send(packetOf(OFF, "zoe", "z1"));
      expect(isExchangeFailed(answer)).toBe(true);
      expect(product.logged().some((line) => line.includes("accounting-off") && line.includes("write record"))).toBe(
        true,
      );
    });

    it("answers the same packet with the same octets, at both gateways, and keeps one session", async () => {
      const octets = packetOf(RECORDING, "bob", "e2");
      const replies = [];
      for (const at of [0, 0, 1] as const) replies.push(octetsOf(await nasOf(RECORDING, at).send(octets)));
      expect(replies[1]).toEqual(replies[0]);
      expect(replies[2]).toEqual(replies[0]);
      expect((await untilSessions("bob", 1, 0)).open).toHaveLength(1);
    });

    it("ends the sessions of a NAS that starts anew", async () => {
      const of = (nas: string, id: string) => [
        "User-Name = carol",
        `Acct-Session-Id = ${id}`,
        `NAS-Identifier = ${nas}`,
        "Acct-Status-Type = Start",
      ];
      for (const [nas, id] of [
        ["n1", "e3"],
        ["n1", "e4"],
        ["n2", "e5"],
      ] as const) {
        expect((await acct(of(nas, id))).reply).toBe(RESPONSE);
      }
      await untilSessions("carol", 3, 0);
      const on = await acct(["NAS-Identifier = n1", "Acct-Status-Type = Accounting-On"]);
      expect(on.reply).toBe(RESPONSE);
      const { open } = await untilSessions("carol", 1, 2);
      expect(open).toMatchObject([{ sessionId: "e5" }]);
    });

    it("has what it answered also after it was killed", async () => {
      expect((await acct(["User-Name = dora", "Acct-Session-Id = e6", "Acct-Status-Type = Start"])).reply).toBe(
        RESPONSE,
      );
      for (const process of product.processesOf("fraud-reporter")) await process.kill();
      for (const process of product.processesOf("fraud-reporter")) await process.restart();
      expect((await untilSessions("dora", 1, 0)).open).toMatchObject([{ sessionId: "e6" }]);
    });

    it("answers what is forwarded after the target has, and not before", async () => {
      const nas = nasOf(FORWARDING);
      expect(codeOf(await nas.send(packetOf(FORWARDING, "erin", "f1")))).toBe(Code.AccountingResponse);
      await target.kill();
      const octets = packetOf(FORWARDING, "erin", "f2");
      expect(isExchangeFailed(await nas.with(IMPATIENT).send(octets))).toBe(true);
      await target.restart();
      expect(codeOf(await nas.with(PATIENT).send(octets))).toBe(Code.AccountingResponse);
      expect((await sessionsOf("erin")).open).toEqual([]);
    });
  });
}

/** The stores of the distributed product killed under accounting. */
export function describeAccountingOutages(start: StartProduct): void {
  describe("accounting while a store is away", () => {
    let product: ProductUnderTest;

    beforeAll(async () => {
      const target = { port: 1, accountingPort: 2 };
      product = await start({
        configuration: (listen, accounting) => accountingConfiguration(listen, accounting, target),
        usersFile: "",
      });
    });
    afterAll(() => product?.stop());

    it.each(["redis", "kafka"] as const)("%s: silence, then answered when the NAS asks again", async (name) => {
      const store = product.stores?.[name];
      if (store === undefined) throw new Error("there are no stores");
      const nas = new Nas({ ...RECORDING, port: product.accountingPorts[0] });
      const octets = packetOf(RECORDING, `user of ${name}`, name);
      await store.kill();
      expect(isExchangeFailed(await nas.with(IMPATIENT).send(octets))).toBe(true);
      await store.restart();
      expect(codeOf(await nas.with(PATIENT).send(octets))).toBe(Code.AccountingResponse);
    });

    it("PostgreSQL: answered, since the event is durable, and kept when it is back", async () => {
      const postgres = product.stores?.postgres;
      const nas = new Nas({ ...RECORDING, port: product.accountingPorts[1] });
      await postgres?.kill();
      expect(codeOf(await nas.with(PATIENT).send(packetOf(RECORDING, "frank", "p1")))).toBe(Code.AccountingResponse);
      await postgres?.restart();
      const isThere = async () => JSON.stringify(await product.get("/internal/sessions?user=frank")).includes('"p1"');
      await eventually(isThere, { what: "the session is kept", timeoutMs: 60_000 });
    });
  });
}

function packetOf(client: { readonly secret: string }, userName: string, sessionId: string): Uint8Array {
  const attributes: readonly Attribute[] = [
    integerAttribute(AttributeType.AcctStatusType, AcctStatusType.Start),
    ...textAttribute(AttributeType.UserName, userName),
    ...textAttribute(AttributeType.AcctSessionId, sessionId),
    ...textAttribute(AttributeType.NasIdentifier, "nas of the tests"),
  ];
  const octets = encodeRequest({
    code: Code.AccountingRequest,
    identifier: randomBytes(1)[0] ?? 0,
    authenticator: randomBytes(16),
    secret: new SharedSecret(client.secret),
    attributes,
  });
  if (typeof octets === "string") throw new Error(octets);
  return octets;
}

function octetsOf(result: ExchangeResult): string {
  if (isExchangeFailed(result)) throw new Error(result.failure);
  return Buffer.from(result.packet.octets).toString("hex");
}

function codeOf(result: ExchangeResult): number | string {
  return isExchangeFailed(result) ? result.failure : result.packet.code;
}
