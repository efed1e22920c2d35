import { deviceSecretPlace } from "@portcullis/login";
import { eventually } from "@portcullis/testkit";
import { expect, it } from "vitest";
import { decodedBase32 } from "./base32.js";
import type { World } from "./world.contract.js";

/** Activation: who has the code has a device, once, in time, and within the limits. */
export function activationBehaviour(world: World): void {
  it("makes a device of a code, and tells the others its secret sealed", async () => {
    const { one } = world();
    const userId = await one.keepUser("bianca");
    const { body } = await one.internal("/internal/activations", { user: "CORP\\Bianca" });
    const { code, url, userName } = body as Record<string, string>;
    expect(code).toMatch(/^[2-9A-Z]{5}-[2-9A-Z]{5}$/);
    expect([url, userName]).toEqual([`https://app.example/#activate=${code}`, "bianca"]);
    const device = await one.activate((code ?? "").toLowerCase().replace("-", " "));
    expect(device).toMatchObject({ userName: "bianca", issuer: "Example", oath: { digits: 6, period: 30 } });
    const changed = one.devices.find(({ deviceId }) => deviceId === device.deviceId);
    expect(changed).toMatchObject({ userId, name: "phone", active: true, generation: 1n });
    const secret = one.sealer.open(
      changed?.sealedOathSecret ?? new Uint8Array(),
      deviceSecretPlace(device.deviceId, userId),
    );
    expect(secret).toEqual(decodedBase32(device.oath.secret));
    expect(secret).toHaveLength(20);
  });

  it("takes a code once, of many at once too", async () => {
    const { one, other } = world();
    await one.keepUser("carla");
    const code = await one.code("carla");
    const tries = Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? one : other).activate(code));
    const ended = await Promise.allSettled(tries);
    expect(ended.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const refused = ended.flatMap((end) => (end.status === "rejected" ? [end.reason as unknown] : []));
    for (const reason of refused) expect(reason).toMatchObject({ status: 404, reason: "refused" });
    await expect(one.activate(code)).rejects.toMatchObject({ status: 404, reason: "refused" });
    const { body } = await one.internal("/internal/devices?user=carla");
    expect((body as { devices: unknown[] }).devices).toHaveLength(1);
  });

  it("takes no expired code, none of before the newest, none of a user who is switched off", async () => {
    const { one } = world();
    const userId = await one.keepUser("dora");
    const older = await one.code("dora");
    const expired = await one.code("dora");
    await expect(one.activate(older)).rejects.toMatchObject({ status: 404, reason: "refused" });
    one.aheadMs += 600_001;
    await expect(one.activate(expired)).rejects.toMatchObject({ status: 404, reason: "refused" });
    const last = await one.code("dora");
    await one.keepUser("dora", { userId, enabled: false });
    await expect(one.activate(last)).rejects.toMatchObject({ status: 404, reason: "refused" });
    expect(await one.internal("/internal/activations", { user: "dora" })).toMatchObject({ status: 409 });
    one.aheadMs = 0;
  });

  it("makes no more devices than a user may have, and keeps her code for when there is room", async () => {
    const { one } = world();
    await one.keepUser("erika");
    const first = await one.device("erika");
    for (let more = 0; more < 2; more++) await one.device("erika");
    const code = await one.code("erika");
    await expect(one.activate(code)).rejects.toMatchObject({ status: 409, reason: "too-many-devices" });
    await first.client.remove();
    await one.activate(code);
  });

  it("takes keys on P-256 only, and no private ones", async () => {
    const { one } = world();
    await one.keepUser("frida");
    const { stored } = await one.device("frida");
    const { kty, crv, x, y, d } = stored.privateKey;
    const code = await one.code("frida");
    const attempt = async (publicKey: object) => {
      const message = { code, name: "n", platform: "p", publicKey };
      const response = await fetch(`${one.url}/device/v1/activations`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(message),
      });
      return response.status;
    };
    expect(await attempt({ kty, crv, x, y, d })).toBe(400);
    expect(await attempt({ kty, crv: "P-384", x, y })).toBe(400);
    expect(await attempt({ kty: "oct", k: x })).toBe(400);
    expect(await attempt({ kty, crv, x })).toBe(400);
    expect(await attempt({ kty, crv, x, y: x })).toBe(422);
    expect(await attempt({ kty, crv, x, y, key_ops: ["verify"], ext: true })).toBe(201);
  });

  it("wants to be told a name that people can be shown", async () => {
    const { one } = world();
    await one.keepUser("greta");
    const code = await one.code("greta");
    for (const name of ["", "a\u001b[2Jb", "a\nb", "a\u202eb", "x".repeat(65)]) {
      await expect(one.activate(code, name), JSON.stringify(name)).rejects.toMatchObject({ status: 400 });
    }
    await one.activate(code, "Gretas Telefon – 日本");
  });

  it("lists and removes devices for an operator, and tells the others", async () => {
    const { one } = world();
    await one.keepUser("hanna");
    const { stored, client } = await one.device("hanna");
    const { body } = await one.internal("/internal/devices?user=HANNA@corp.example");
    expect(body).toMatchObject({ userName: "hanna", devices: [{ deviceId: stored.deviceId, name: "phone" }] });
    expect((await one.internal(`/internal/devices/${stored.deviceId}/remove`, {})).status).toBe(202);
    expect((await one.internal(`/internal/devices/${stored.deviceId}/remove`, {})).status).toBe(404);
    await expect(client.show()).rejects.toMatchObject({ status: 401, reason: "wrong" });
    const told = one.devices.filter(({ deviceId }) => deviceId === stored.deviceId);
    expect(told.map(({ active, generation }) => [active, generation])).toEqual([
      [true, 1n],
      [false, 2n],
    ]);
    expect((await one.internal("/internal/devices?user=nobody")).status).toBe(404);
    expect((await one.internal("/internal/activations", { user: "nobody" })).status).toBe(404);
  });

  it("tells later what could not be told at once", async () => {
    const { one } = world();
    await one.keepUser("ines");
    const publishState = one.bus.publishState.bind(one.bus);
    one.bus.publishState = () => Promise.reject(new Error("Kafka is away"));
    const stored = await one.activate(await one.code("ines"));
    one.bus.publishState = publishState;
    expect(one.devices.some(({ deviceId }) => deviceId === stored.deviceId)).toBe(false);
    one.aheadMs += 6_000;
    await eventually(() => one.devices.some(({ deviceId }) => deviceId === stored.deviceId), {
      what: "the device is announced",
      timeoutMs: 15_000,
    });
    one.aheadMs = 0;
  });

  it("shuts out who guesses, and nobody with a right code before that", async () => {
    const { one } = world();
    await one.keepUser("judith");
    one.aheadMs = 700_000_000; // A window of its own for this test.
    const code = await one.code("judith");
    const guesses: number[] = [];
    for (let guess = 0; guess < 11; guess++) {
      const refused = await one.activate(`22222-2222${(guess % 8) + 2}`).catch((error: unknown) => error);
      guesses.push((refused as { status: number }).status);
    }
    expect(guesses).toEqual([...Array.from({ length: 10 }, () => 404), 429]);
    await expect(one.activate(code)).rejects.toMatchObject({ status: 429 });
    one.aheadMs += 600_001;
    await one.activate(await one.code("judith"));
    one.aheadMs = 0;
  });
}
