import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tls from "node:tls";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { SmtpProvider } from "./smtp-provider.js";

const PASSWORD = "a password of the mail server";
const MAIL = {
  mailId: "0123456789abcdef0123456789abcdef",
  recipients: ["security@corp.example", "it@corp.example"],
  subject: "Betrug gemeldet: Jörg bei Büro-VPN",
  body: "Jörg hat gemeldet.\n.\n不正アクセス",
};

interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  readonly secure: boolean;
  readonly user: unknown;
}

describe("SmtpProvider", () => {
  const folder = mkdtempSync(join(tmpdir(), "notifier-smtp-"));
  const [keyFile, certificateFile] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const trusted = tls.getCACertificates("default");
  const received: Received[] = [];
  let server: SMTPServer | undefined;

  beforeAll(() => {
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    const kind = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
    execFileSync("openssl", [...kind, "-keyout", keyFile, "-out", certificateFile, ...subject], { stdio: "ignore" });
    tls.setDefaultCACertificates([...trusted, readFileSync(certificateFile, "utf8")]);
  });
  afterAll(() => {
    tls.setDefaultCACertificates(trusted);
    rmSync(folder, { recursive: true });
  });
  afterEach(async () => {
    received.length = 0;
    await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())));
  });

  async function listen(options: SMTPServerOptions = {}): Promise<number> {
    server = new SMTPServer({
      key: readFileSync(keyFile),
      cert: readFileSync(certificateFile),
      closeTimeout: 100,
      onAuth: ({ username, password }, _session, done) =>
        username === "portcullis" && password === PASSWORD
          ? done(null, { user: username })
          : done(new Error("Who are you?")),
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.on("end", () => {
          const { mailFrom, rcptTo } = session.envelope;
          received.push({
            from: mailFrom === false ? "" : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            text: Buffer.concat(chunks).toString(),
            secure: session.secure,
            user: session.user,
          });
          done();
        });
      },
      ...options,
    });
    server.on("error", () => undefined);
    const listening = server;
    await new Promise<void>((resolve) => void listening.listen(0, "127.0.0.1", resolve));
    return (listening.server.address() as { port: number }).port;
  }

  function provider(port: number, change: object = {}): SmtpProvider {
    const usual = {
      name: "mail",
      type: "smtp",
      does: ["mail"],
      host: "localhost",
      port,
      security: "starttls",
    } as const;
    const account = { user: "portcullis", password: PASSWORD, from: "Portcullis <mfa@corp.example>" };
    return new SmtpProvider({ ...usual, ...account, ...change });
  }

  it("signs in over STARTTLS and hands the mail over", async () => {
    expect(await provider(await listen()).mail(MAIL)).toMatchObject({ kind: "taken" });
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({
      from: "mfa@corp.example",
      to: MAIL.recipients,
      secure: true,
      user: "portcullis",
    });
    const [head = "", body = ""] = received[0]?.text.split("\r\n\r\n") ?? [];
    expect(head).toContain(`Message-ID: <${MAIL.mailId}@portcullis.invalid>`);
    expect(head).toMatch(/^Subject: =\?UTF-8\?/m);
    const bytes = body
      .replace(/=\r\n/g, "")
      .replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    expect(Buffer.from(bytes, "latin1").toString()).toBe("Jörg hat gemeldet.\r\n.\r\n不正アクセス\r\n");
  });

  it("speaks TLS from the beginning, or none, as it is told", async () => {
    expect(await provider(await listen({ secure: true }), { security: "tls" }).mail(MAIL)).toMatchObject({
      kind: "taken",
    });
    await new Promise<void>((resolve) => server?.close(() => resolve()));
    const port = await listen({ authOptional: true, disabledCommands: ["STARTTLS", "AUTH"] });
    const open = { security: "none", user: undefined, password: undefined };
    expect(await provider(port, open).mail(MAIL)).toMatchObject({ kind: "taken" });
    expect(received.map(({ secure }) => secure)).toEqual([true, false]);
  });

  it("is refused, and nothing sent, where TLS, the name or the password is missing or wrong", async () => {
    const port = await listen();
    expect(await provider(port, { password: `${PASSWORD}.` }).mail(MAIL)).toMatchObject({ kind: "refused" });
    expect(await provider(port, { host: "127.0.0.1" }).mail(MAIL)).toMatchObject({ kind: "refused" });
    await new Promise<void>((resolve) => server?.close(() => resolve()));
    const without = await listen({ disabledCommands: ["STARTTLS"] });
    expect(await provider(without).mail(MAIL)).toMatchObject({ kind: "refused" });
    expect(await provider(9).mail(MAIL)).toMatchObject({ kind: "refused" });
    expect(received).toEqual([]);
  });

  it("tells a recipient that is none from a server that takes nothing now", async () => {
    const refusing = (responseCode: number): SMTPServerOptions => ({
      onRcptTo: (_address, _session, done) => done(Object.assign(new Error("no"), { responseCode })),
    });
    expect(await provider(await listen(refusing(550))).mail(MAIL)).toMatchObject({ kind: "unreachable" });
    await new Promise<void>((resolve) => server?.close(() => resolve()));
    expect(await provider(await listen(refusing(451))).mail(MAIL)).toMatchObject({ kind: "refused" });
  });

  it("is unknown when the connection breaks after the message was sent", async () => {
    const port = await listen({
      onData: (stream, session) => {
        stream.resume();
        stream.on("end", () => {
          const { connections } = server as unknown as {
            connections: Set<{ id: string; _socket: { destroy(): void } }>;
          };
          for (const { id, _socket } of connections) if (id === session.id) _socket.destroy();
        });
      },
    });
    expect(await provider(port).mail(MAIL)).toMatchObject({ kind: "unknown" });
  });
});
