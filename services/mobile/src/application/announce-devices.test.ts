import { createLog } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import { describe, expect, it } from "vitest";
import type { Device, DeviceId } from "../domain/device.js";
import { AnnounceDevices } from "./announce-devices.js";

const USER = "u1" as UserId;

function deviceOf(id: string, generation = 1): Device {
  return {
    deviceId: id as DeviceId,
    userId: USER,
    generation,
    name: "phone",
    platform: "test",
    publicKey: { x: "x", y: "y" },
    active: true,
    sealedOathSecret: new Uint8Array([1]),
    sealedSubscription: undefined,
    createdAtMs: 0,
    seenAtMs: 0,
  };
}

/** What is told, of devices that are there or not; those that nobody was told about are left over. */
function world(present: readonly Device[]) {
  const told: Device[] = [];
  let left = [...present];
  const user = { userId: USER, name: "alice", loginName: "alice", enabled: true };
  const devices = {
    unannounced: (_changedBeforeMs: number, limit: number) => Promise.resolve(left.slice(0, limit)),
    changeAll: () => {
      left = present.map((device) => ({ ...device, generation: device.generation + 1 }));
      return Promise.resolve();
    },
    announced: (device: Pick<Device, "deviceId" | "generation">) => {
      left = left.filter(({ deviceId }) => deviceId !== device.deviceId);
      return Promise.resolve();
    },
    find: (id: DeviceId) => {
      const device = present.find(({ deviceId }) => deviceId === id);
      return Promise.resolve(device && { device, user });
    },
  };
  const events = {
    deviceChanged: (device: Device) => {
      told.push(device);
      return Promise.resolve();
    },
  };
  const log = createLog("test", "silent");
  const announce = new AnnounceDevices({ devices, events, clock: { nowMs: () => 0 }, log });
  return { told, left: () => left.length, events, announce };
}

const generationsOf = (told: readonly Device[]) => told.map(({ active, generation }) => [active, generation]);

describe("what others are told of devices", () => {
  it("is noted when it has been told", async () => {
    const { told, left, announce } = world([deviceOf("a")]);
    await announce.leftOver();
    expect([generationsOf(told), left()]).toEqual([[[true, 1]], 0]);
  });

  it("ends with its end when it was removed while it was being told", async () => {
    const { told, announce } = world([]);
    await announce.announce(deviceOf("a"));
    expect(generationsOf(told)).toEqual([
      [true, 1],
      [false, 2],
    ]);
  });

  it("is left over when it could not be told, and nothing fails by that", async () => {
    const { left, announce, events } = world([deviceOf("a")]);
    events.deviceChanged = () => Promise.reject(new Error("away"));
    await announce.announce(deviceOf("a"));
    expect(left()).toBe(1);
  });

  it("is told once more of every device, as a new generation, until somebody stops it", async () => {
    const all = Array.from({ length: 1_001 }, (_, index) => deviceOf(String(index).padStart(4, "0")));
    const { told, announce } = world(all);
    await announce.allAgain(new AbortController().signal);
    expect(told.map(({ deviceId, generation }) => `${deviceId} ${generation}`)).toEqual(
      all.map(({ deviceId }) => `${deviceId} 2`),
    );
    const stopped = world(all);
    await stopped.announce.allAgain(AbortSignal.abort());
    expect(stopped.told).toEqual([]);
  });
});
