import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tls from "node:tls";
import { createLog, PooledRandom, Unavailable } from "@portcullis/kit";
import { eventually } from "@portcullis/testkit";
import smpp, { type Pdu, type Server, type Session } from "smpp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SmppProvider } from "./smpp-provider.js";

const ACCOUNT = { systemId: "portcullis", password: "secret08" };
const TO = "+4915112345678";

/** A message centre on loopback, by the package's own server. */
class Centre {
  readonly submitted: Pdu[] = [];
  readonly sessions: Session[] = [];
  /** Statuses of the next submit_sm; undefined: no answer. */
  readonly statuses: (number | undefined)[] = [];
  readonly server: Server;
  binds = 0;

  /** @param secure key and certificate of a centre that speaks TLS */
  constructor(secure: object = {}) {
    this.server = smpp.createServer(secure, (session) => {
      session.on("error", () => undefined);
      session.on("bind_transceiver", (pdu: Pdu) => {
        const known = pdu.system_id === ACCOUNT.systemId && pdu.password === ACCOUNT.password;
        session.send(pdu.response(known ? { system_id: "centre" } : { command_status: 0x0e }));
        if (!known) return;
        this.binds++;
        this.sessions.push(session);
      });
      session.on("enquire_link", (pdu: Pdu) => session.send(pdu.response()));
      session.on("submit_sm", (pdu: Pdu) => {
        this.submitted.push(pdu);
        const status = this.statuses.length > 0 ? this.statuses.shift() : 0;
        if (status === undefined) return;
        session.send(pdu.response({ command_status: status, message_id: `m${this.submitted.length}` }));
      });
    });
  }

  listen(port = 0): Promise<void> {
    return new Promise((resolve) => void this.server.listen(port, "127.0.0.1", resolve));
  }

  get port(): number {
    return this.server.address().port;
  }

  /** The session that is bound last. */
  get session(): Session {
    const session = this.sessions.at(-1);
    if (session === undefined) throw new Error("Nobody has bound.");
    return session;
  }

  deliver(fields: object): Promise<Pdu> {
    return new Promise((resolve) => void this.session.deliver_sm({ ...fields }, resolve));
  }

  async stop(): Promise<void> {
    for (const session of this.server.sessions) session.destroy();
    await new Promise<void>((resolve) => this.server.close(resolve));
  }
}

describe("SmppProvider", () => {
  let centre: Centre;
  let provider: SmppProvider;
  let texts: [string, string][];
  let receipts: string[][];
  let trouble: Error | undefined;

  function connect(password = ACCOUNT.password, place: object = {}): void {
    const settings = {
      name: "centre",
      type: "smpp",
      does: ["sms"],
      host: "127.0.0.1",
      tls: false,
      from: "Corp",
    } as const;
    const inbound = {
      text: async (from: string, text: string) => {
        if (trouble !== undefined) throw trouble;
        texts.push([from, text]);
      },
      receipt: async (...receipt: string[]) => void receipts.push(receipt),
    };
    const account = { ...settings, port: centre.port, systemId: ACCOUNT.systemId, password, ...place };
    provider = new SmppProvider(account, { inbound, random: new PooledRandom(), log: createLog("test", "silent") });
  }
  const bound = () => eventually(() => provider.isBound, { what: "a bound session", timeoutMs: 5_000 });
  const send = (text: string) => provider.text({ challengeId: "c", step: "text-1", to: TO, text, ttlSeconds: 3_725 });

  beforeEach(async () => {
    [texts, receipts, trouble] = [[], [], undefined];
    centre = new Centre();
    await centre.listen();
    connect();
    await bound();
  });
  afterEach(async () => {
    await provider.close();
    await centre.stop();
  });

  it("submits a short text in one part, in seven bits", async () => {
    expect(await send("482915 is your code: {€}")).toEqual({ kind: "taken", reference: "m1" });
    expect(centre.submitted).toHaveLength(1);
    expect(centre.submitted[0]).toMatchObject({
      source_addr: "Corp",
      source_addr_ton: 5,
      destination_addr: TO.slice(1),
      dest_addr_ton: 1,
      dest_addr_npi: 1,
      data_coding: 0,
      esm_class: 0,
      registered_delivery: 1,
      short_message: { message: "482915 is your code: {€}" },
    });
    // The package makes a time of the relative one.
    const validMs = Number(centre.submitted[0]?.validity_period) - Date.now();
    expect(Math.round(validMs / 1_000)).toBe(3_725);
  });

  it("submits other alphabets in UCS-2, and a long text in parts that phones put together", async () => {
    const text = "コードは482915です。".repeat(10);
    expect(await send(text)).toMatchObject({ kind: "taken", reference: "m2" });
    const parts = centre.submitted.map(({ short_message: message }) => message?.message).join("");
    expect(parts).toBe(text);
    const headers = centre.submitted.map(({ short_message: message }) => message?.udh?.[0]);
    const reference = headers[0]?.[2];
    expect(headers.map((header) => [...(header ?? [])])).toEqual([
      [0, 3, reference, 2, 1],
      [0, 3, reference, 2, 2],
    ]);
    for (const submit of centre.submitted) expect(submit).toMatchObject({ data_coding: 8, esm_class: 0x40 });
    expect(centre.submitted.map((submit) => submit.registered_delivery)).toEqual([0, 1]);
    expect(
      Math.max(...centre.submitted.map(({ short_message: m }) => (m?.message.length ?? 0) * 2 + 6)),
    ).toBeLessThanOrEqual(140);
  });

  it.each([
    [0x0b, "unreachable"],
    [0x58, "refused"],
    [0x14, "refused"],
  ])("with status %i is %s", async (status, kind) => {
    centre.statuses.push(status);
    expect(await send("x")).toMatchObject({ kind });
  });

  it("is unknown when a part of it is on its way, or the session breaks before the answer", async () => {
    centre.statuses.push(0, 0x58);
    expect(await send("x".repeat(200))).toMatchObject({ kind: "unknown" });
    centre.statuses.push(undefined);
    const sending = send("x");
    await eventually(() => centre.submitted.length === 3, { what: "the submit_sm" });
    centre.session.destroy();
    expect(await sending).toMatchObject({ kind: "unknown" });
  });

  it("hands in texts and receipts, and answers when they are taken", async () => {
    const number = { source_addr: TO.slice(1), source_addr_ton: 1, destination_addr: "12345" };
    expect(
      (await centre.deliver({ ...number, data_coding: 8, short_message: "482915 ありがとう" })).command_status,
    ).toBe(0);
    expect(texts).toEqual([[TO, "482915 ありがとう"]]);
    const receipt = (stat: string) =>
      `id:m1 sub:001 dlvrd:001 submit date:2611251200 done date:2611251201 stat:${stat} err:000 text:`;
    for (const stat of ["DELIVRD", "UNDELIV", "ACCEPTD"]) {
      await centre.deliver({ ...number, esm_class: 4, short_message: receipt(stat) });
    }
    await centre.deliver({ ...number, esm_class: 4, receipted_message_id: "m9", message_state: 5, short_message: "" });
    expect(receipts).toEqual([
      ["centre", "m1", "delivered"],
      ["centre", "m1", "unreachable"],
      ["centre", "m9", "unreachable"],
    ]);
    trouble = new Unavailable("The database is away.");
    expect((await centre.deliver({ ...number, short_message: "1" })).command_status).toBe(0x64);
  });

  it("comes back when the session breaks, and meanwhile takes nothing", async () => {
    centre.session.destroy();
    await eventually(() => !provider.isBound, { what: "the break" });
    expect(await send("x")).toMatchObject({ kind: "refused" });
    await bound();
    expect(centre.binds).toBe(2);
    expect(await send("x")).toMatchObject({ kind: "taken" });
    centre.session.unbind(() => undefined);
    await eventually(() => centre.binds === 3, { what: "a new session", timeoutMs: 5_000 });
  });

  it("speaks TLS, and with nobody whose certificate is another's", async () => {
    const folder = mkdtempSync(join(tmpdir(), "notifier-smpp-"));
    const trusted = tls.getCACertificates("default");
    const [keyFile, certificateFile] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    const kind = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
    execFileSync("openssl", [...kind, "-keyout", keyFile, "-out", certificateFile, ...subject], { stdio: "ignore" });
    await provider.close();
    await centre.stop();
    const cert = readFileSync(certificateFile, "utf8");
    centre = new Centre({ key: readFileSync(keyFile, "utf8"), cert });
    await centre.listen();
    tls.setDefaultCACertificates([...trusted, cert]);
    try {
      connect(ACCOUNT.password, { host: "localhost", tls: true });
      await bound();
      expect(await send("x")).toMatchObject({ kind: "taken" });
      await provider.close();
      connect(ACCOUNT.password, { host: "127.0.0.1", tls: true });
      await new Promise((resolve) => setTimeout(resolve, 300)); // Long enough to bind several times.
      expect([provider.isBound, centre.binds]).toEqual([false, 1]);
    } finally {
      tls.setDefaultCACertificates(trusted);
      rmSync(folder, { recursive: true });
    }
  });

  it("answers enquire_link, and is not bound with a wrong password", async () => {
    const answer = await new Promise<Pdu>((resolve) => void centre.session.enquire_link(resolve));
    expect(answer.command_status).toBe(0);
    await provider.close();
    connect("secret09");
    await new Promise((resolve) => setTimeout(resolve, 300)); // Long enough to bind several times.
    expect(provider.isBound).toBe(false);
    expect(await send("x")).toMatchObject({ kind: "refused" });
  });
});
