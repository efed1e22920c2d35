import { execFileSync } from "node:child_process";
import { createDecipheriv, createECDH, createPublicKey, type ECDH, hkdfSync, randomBytes, verify } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo, LookupFunction } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tls from "node:tls";
import { createLog, Unavailable } from "@portcullis/kit";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import webPush from "web-push";
import { type Pusher, WakeDevice } from "../../../application/wake-device.js";
import { isPublicAddress, publicLookup } from "./public-lookup.js";
import { WebPusher } from "./web-pusher.js";

const HOST = "push.example.test";
const CHALLENGE_ID = "c".repeat(32);

/** aes128gcm of one record: RFC 8188 section 2, with the keys of RFC 8291 section 3.4. Written from the RFCs. */
function decrypt(body: Buffer, browser: ECDH, auth: Buffer): string {
  const [salt, keyLength] = [body.subarray(0, 16), body.readUInt8(20)];
  const sender = body.subarray(21, 21 + keyLength);
  const record = body.subarray(21 + keyLength);
  if (record.length > body.readUInt32BE(16)) throw new Error("The record is longer than it says.");
  const info = Buffer.concat([Buffer.from("WebPush: info\0"), browser.getPublicKey(), sender]);
  const shared = Buffer.from(hkdfSync("sha256", browser.computeSecret(sender), auth, info, 32));
  const of = (what: string, bytes: number) =>
    Buffer.from(hkdfSync("sha256", shared, salt, `Content-Encoding: ${what}\0`, bytes));
  const decipher = createDecipheriv("aes-128-gcm", of("aes128gcm", 16), of("nonce", 12));
  decipher.setAuthTag(record.subarray(-16));
  const plain = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
  const end = plain.lastIndexOf(2);
  if (end < 0 || plain.subarray(end + 1).some((byte) => byte !== 0)) throw new Error("The last record ends with a 2.");
  return plain.subarray(0, end).toString();
}

/** The claims of a VAPID JWT (RFC 8292) that this key has signed. Throws for any other. */
function claimsOf(headers: IncomingHttpHeaders, publicKey: string): Record<string, unknown> {
  const [, token = "", key = ""] = /^vapid t=([^,]+), ?k=(.+)$/.exec(headers.authorization ?? "") ?? [];
  if (key !== publicKey) throw new Error("The key is another.");
  const bytes = Buffer.from(key, "base64url");
  const [x, y] = [bytes.subarray(1, 33), bytes.subarray(33)].map((half) => half.toString("base64url"));
  const jwk = createPublicKey({ key: { kty: "EC", crv: "P-256", x: x ?? "", y: y ?? "" }, format: "jwk" });
  const [head = "", claims = "", signature = ""] = token.split(".");
  const signed = Buffer.from(`${head}.${claims}`);
  const isSigned = verify(
    "sha256",
    signed,
    { key: jwk, dsaEncoding: "ieee-p1363" },
    Buffer.from(signature, "base64url"),
  );
  if (!isSigned) throw new Error("The signature is wrong.");
  return JSON.parse(Buffer.from(claims, "base64url").toString()) as Record<string, unknown>;
}

describe("WebPusher", () => {
  const folder = mkdtempSync(join(tmpdir(), "notifier-push-"));
  const [keyFile, certificateFile] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const trusted = tls.getCACertificates("default");
  const vapid = { ...webPush.generateVAPIDKeys(), subject: "mailto:it@corp.example" };
  const browser = createECDH("prime256v1");
  const p256dh = browser.generateKeys();
  const auth = randomBytes(16);
  const toLoopback: LookupFunction = (_host, options, done) =>
    options.all === true ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4);
  const pusher = new WebPusher(() => vapid, toLoopback);
  let server: Server;
  let status: number;
  let requests: { headers: IncomingHttpHeaders; body: Buffer; url: string | undefined }[];
  let endpoint: string;

  beforeAll(async () => {
    const subject = ["-subj", `/CN=${HOST}`, "-addext", `subjectAltName=DNS:${HOST}`];
    const kind = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
    execFileSync("openssl", [...kind, "-keyout", keyFile, "-out", certificateFile, ...subject], { stdio: "ignore" });
    const certificate = readFileSync(certificateFile, "utf8");
    tls.setDefaultCACertificates([...trusted, certificate]);
    server = createServer({ key: readFileSync(keyFile), cert: certificate }, (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        requests.push({ headers: request.headers, body: Buffer.concat(chunks), url: request.url });
        response.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    endpoint = `https://${HOST}:${(server.address() as AddressInfo).port}/push/abc`;
  });
  afterAll(async () => {
    tls.setDefaultCACertificates(trusted);
    pusher.onModuleDestroy();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    [status, requests] = [201, []];
  });

  const push = (change: object = {}) =>
    pusher.push({ endpoint, p256dh, auth, ...change }, `{"challengeId":"${CHALLENGE_ID}"}`, 47);

  it("encrypts for the browser and signs for the push service", async () => {
    expect(await push()).toBe("sent");
    const [{ headers, body, url } = { headers: {}, body: Buffer.alloc(0), url: "" }] = requests;
    expect(url).toBe("/push/abc");
    expect(headers).toMatchObject({ ttl: "47", urgency: "high", "content-encoding": "aes128gcm" });
    expect(JSON.parse(decrypt(body, browser, auth))).toEqual({ challengeId: CHALLENGE_ID });
    expect(body.toString("latin1")).not.toContain(CHALLENGE_ID);
    const { aud, sub, exp } = claimsOf(headers, vapid.publicKey);
    expect([aud, sub]).toEqual([new URL(endpoint).origin, vapid.subject]);
    expect(Number(exp) * 1_000).toBeGreaterThan(Date.now());
    expect(Number(exp) * 1_000).toBeLessThanOrEqual(Date.now() + 24 * 3_600_000);
    const flipped = Buffer.from(body);
    flipped.writeUInt8((flipped.at(-1) ?? 0) ^ 1, flipped.length - 1);
    expect(() => decrypt(flipped, browser, auth)).toThrow("authenticate");
    expect(() => claimsOf(headers, webPush.generateVAPIDKeys().publicKey)).toThrow("another");
  });

  it.each([
    [404, "ended"],
    [410, "ended"],
    [400, "refused"],
    [429, "away"],
    [503, "away"],
  ])("with status %i is %s", async (answered, result) => {
    status = answered;
    expect(await push()).toBe(result);
  });

  it("uses its connection again", async () => {
    let connections = 0;
    server.on("secureConnection", () => connections++);
    for (const _ of [1, 2, 3]) expect(await push()).toBe("sent");
    expect([requests.length, connections]).toEqual([3, 0]); // The one of the tests before.
  });

  it("asks nobody about what is no subscription of a browser", async () => {
    for (const change of [
      { endpoint: endpoint.replace("https", "http") },
      { endpoint: endpoint.replace(HOST, "127.0.0.1") },
      { endpoint: endpoint.replace(HOST, "[::1]") },
      { endpoint: endpoint.replace(HOST, `user@${HOST}`) },
      { endpoint: "nonsense" },
      { p256dh: p256dh.subarray(1) },
      { auth: auth.subarray(1) },
    ]) {
      expect(await push(change)).toBe("refused");
    }
    expect(await new WebPusher(() => undefined, toLoopback).push({ endpoint, p256dh, auth }, "", 1)).toBe(
      "not-configured",
    );
    expect(requests).toEqual([]);
  });

  it("is led to no address of ours", async () => {
    for (const inside of [
      "127.0.0.1",
      "10.1.2.3",
      "192.168.0.1",
      "169.254.169.254",
      "::1",
      "fd00::1",
      "::ffff:10.0.0.1",
    ]) {
      expect(isPublicAddress(inside), inside).toBe(false);
    }
    for (const outside of ["142.250.1.1", "2a00:1450:4001::1"]) expect(isPublicAddress(outside), outside).toBe(true);
    const here = endpoint.replace(HOST, "localhost");
    expect(await new WebPusher(() => vapid, publicLookup).push({ endpoint: here, p256dh, auth }, "", 1)).toBe("away");
    expect(requests).toEqual([]);
  });
});

describe("WakeDevice", () => {
  const subscription = {
    endpoint: "https://push.example.test/1",
    p256dh: new Uint8Array(65),
    auth: new Uint8Array(16),
  };
  const request = { challengeId: CHALLENGE_ID, userId: "u", deviceId: "d", subscription, deadlineMs: 60_000 };
  let ended: object[];
  let pushed: unknown[];
  let counted: string[];

  const wake = (result: Awaited<ReturnType<Pusher["push"]>>, nowMs = 0) => {
    [ended, pushed, counted] = [[], [], []];
    const report = { delivered: (...labels: string[]) => void counted.push(labels.join(" ")) };
    return new WakeDevice({
      pusher: {
        push: async (...sent) => {
          pushed.push(...sent);
          return result;
        },
      },
      events: { pushEnded: async (end) => void ended.push(end) },
      report,
      clock: { nowMs: () => nowMs },
      log: createLog("test", "silent"),
    }).execute(request);
  };

  it("hands over which challenge it is and nothing else, for as long as it is open", async () => {
    await wake("sent");
    expect(pushed).toEqual([subscription, JSON.stringify({ challengeId: CHALLENGE_ID }), 60]);
    expect([ended, counted]).toEqual([[], ["web-push app sent"]]);
    await wake("sent", 59_500);
    expect(pushed).toEqual([]);
  });

  it("tells of a subscription that is over, and tries later what was surely not sent", async () => {
    await wake("ended");
    expect(ended).toEqual([{ userId: "u", deviceId: "d", endpoint: subscription.endpoint }]);
    await expect(wake("away")).rejects.toThrow(Unavailable);
    await wake("unknown");
    expect([ended, counted]).toEqual([[], ["web-push app unknown"]]);
  });
});
