import { signCall } from "@portcullis/device-client";
import { expect, it } from "vitest";
import { newId } from "./mobile-under-test.js";
import type { World } from "./world.contract.js";

const PATH = "/device/v1/device";

interface Init {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Calls: what a device has signed itself, for this call and for now, once. */
export function signatureBehaviour(world: World): void {
  let people = 0;
  async function signer() {
    const { one } = world();
    const name = `signer${people++}`;
    const userId = await one.keepUser(name);
    const { stored } = await one.device(name);
    const sign = (change: object = {}, nowMs = one.nowMs()) =>
      signCall(stored, { method: "GET", path: PATH, body: "", ...change }, nowMs);
    return { one, name, userId, stored, sign };
  }
  async function call(url: string, authorization: string | undefined, init: Init = {}, path = PATH) {
    const headers = { ...(authorization && { authorization }), ...init.headers };
    const response = await fetch(url + path, { ...init, headers });
    const text = await response.text();
    const body = (text === "" ? {} : JSON.parse(text)) as { error?: string; serverTimeMs?: number };
    return { status: response.status, error: body.error, serverTimeMs: body.serverTimeMs };
  }

  it("lets in what the device has signed", async () => {
    const { one, sign } = await signer();
    expect(await call(one.url, await sign())).toMatchObject({ status: 200 });
  });

  it("lets in nothing with one bit wrong, wherever it is", async () => {
    const { one, sign } = await signer();
    const good = await sign();
    const [header = "", payload = "", signature = ""] = good.slice("Portcullis-Device ".length).split(".");
    const flipped = (text: string, at: number): string => {
      const bytes = Buffer.from(text, "base64url");
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      return bytes.toString("base64url");
    };
    const tokens = [
      [flipped(header, 3), payload, signature],
      [header, flipped(payload, 20), signature],
      [header, payload, flipped(signature, 0)],
      [header, payload, flipped(signature, 63)],
      [header, payload, ""],
      [header, payload, signature.slice(0, -2)],
    ];
    for (const token of tokens) {
      const refused = await call(one.url, `Portcullis-Device ${token.join(".")}`);
      expect(refused, token.join(".")).toMatchObject({ status: 401, error: "wrong" });
      expect(refused.serverTimeMs).toBeGreaterThan(0);
    }
    expect(await call(one.url, good)).toMatchObject({ status: 200 });
  });

  it("lets in nothing without a signature, nor by an algorithm that the token chooses", async () => {
    const { one, stored, sign } = await signer();
    expect(await call(one.url, undefined)).toMatchObject({ status: 401 });
    expect(await call(one.url, "Portcullis-Device ")).toMatchObject({ status: 401 });
    expect(await call(one.url, (await sign()).replace("Portcullis-Device", "Bearer"))).toMatchObject({ status: 401 });
    const [, payload = ""] = (await sign()).split(".");
    const none = Buffer.from('{"alg":"none","typ":"portcullis-device"}').toString("base64url");
    expect(await call(one.url, `Portcullis-Device ${none}.${payload}.`)).toMatchObject({ status: 401 });
    const { CompactSign } = await import("jose");
    // The public key as a shared secret: the oldest trick of all.
    const secret = Buffer.from(`${stored.privateKey.x}${stored.privateKey.y}`);
    const symmetric = await new CompactSign(Buffer.from(payload, "base64url"))
      .setProtectedHeader({ alg: "HS256", typ: "portcullis-device" })
      .sign(secret);
    expect(await call(one.url, `Portcullis-Device ${symmetric}`)).toMatchObject({ status: 401 });
  });

  it("lets in nothing that is signed for another call", async () => {
    const { one, sign } = await signer();
    const others = [
      { method: "DELETE" },
      { path: "/device/v1/inbox" },
      { path: `${PATH}?x=1` },
      { body: "{}" },
    ] as const;
    for (const other of others) {
      expect(await call(one.url, await sign(other)), JSON.stringify(other)).toMatchObject({ status: 401 });
    }
    const put = { method: "PUT", path: "/device/v1/push-subscription", body: '{"a":1}' } as const;
    const init = { method: "PUT", headers: { "content-type": "application/json" }, body: '{"a":2}' };
    expect(await call(one.url, await sign(put), init, put.path)).toMatchObject({ status: 401, error: "wrong" });
    const same = { ...init, body: put.body };
    expect(await call(one.url, await sign(put), same, put.path)).toMatchObject({ status: 400, error: "malformed" });
  });

  it("lets in each call once, at whichever replica", async () => {
    const { one, sign } = await signer();
    const { other } = world();
    const authorization = await sign();
    const first = await Promise.all([call(one.url, authorization), call(other.url, authorization)]);
    expect(first.map(({ status }) => String(status)).toSorted()).toEqual(["200", "401"]);
    for (const { url } of [one, other]) {
      expect(await call(url, authorization)).toMatchObject({ status: 401, error: "replayed" });
    }
  });

  it("lets in nothing stale, and says what time it is", async () => {
    const { one, sign } = await signer();
    for (const offMs of [-62_000, 62_000]) {
      const refused = await call(one.url, await sign({}, one.nowMs() + offMs));
      expect(refused).toMatchObject({ status: 401, error: "stale" });
      expect(Math.abs((refused.serverTimeMs ?? 0) - one.nowMs())).toBeLessThan(5_000);
    }
    for (const offMs of [-55_000, 55_000]) {
      expect(await call(one.url, await sign({}, one.nowMs() + offMs))).toMatchObject({ status: 200 });
    }
  });

  it("lets in nothing of another device's, of a strange one, of a user who is switched off", async () => {
    const { one, name, userId, stored, sign } = await signer();
    const other = await one.device(name);
    const asOther = await signCall(
      { deviceId: other.stored.deviceId, privateKey: stored.privateKey },
      { method: "GET", path: PATH, body: "" },
      one.nowMs(),
    );
    expect(await call(one.url, asOther)).toMatchObject({ status: 401, error: "wrong" });
    const strange = await signCall(
      { ...stored, deviceId: newId() },
      { method: "GET", path: PATH, body: "" },
      one.nowMs(),
    );
    expect(await call(one.url, strange)).toMatchObject({ status: 401, error: "wrong" });
    await one.keepUser(name, { userId, enabled: false });
    expect(await call(one.url, await sign())).toMatchObject({ status: 401, error: "wrong" });
    await one.keepUser(name, { userId });
    expect(await call(one.url, await sign())).toMatchObject({ status: 200 });
  });

  it("reads no more than 16 kB", async () => {
    const { one, sign } = await signer();
    const put = { method: "PUT", path: "/device/v1/push-subscription", body: `{"a":"${"x".repeat(17_000)}"}` } as const;
    const init = { method: "PUT", headers: { "content-type": "application/json" }, body: put.body };
    expect(await call(one.url, await sign(put), init, put.path)).toMatchObject({ status: 413 });
  });
}
