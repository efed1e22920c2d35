import type { EventBus } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import { describe, expect, it } from "vitest";
import type { KeptUser } from "../../domain/user.js";
import { BusUserAnnouncer } from "./bus-user-announcer.js";

const alice: KeptUser = {
  userId: "00112233445566778899aabbccddeeff" as UserId,
  name: "CORP\\Alice",
  loginName: "alice",
  enabled: true,
  groups: ["ops", "vpn"],
  generation: 7,
  removed: false,
};

async function published(user: KeptUser): Promise<{ readonly key: string; readonly state: unknown }[]> {
  const states: { key: string; state: unknown }[] = [];
  const bus: EventBus = {
    publish: () => Promise.reject(new Error("a user is a state")),
    publishState: (_schema, key, state) => Promise.resolve(void states.push({ key, state })),
  };
  await new BusUserAnnouncer(bus).announce(user);
  return states;
}

describe("BusUserAnnouncer", () => {
  it("publishes the user's state under her id", async () => {
    expect(await published(alice)).toMatchObject([
      {
        key: alice.userId,
        state: {
          userId: alice.userId,
          name: "CORP\\Alice",
          loginName: "alice",
          enabled: true,
          groups: ["ops", "vpn"],
          generation: 7n,
        },
      },
    ]);
  });

  it("publishes a removed user as disabled first, then the empty record", async () => {
    expect(await published({ ...alice, removed: true })).toMatchObject([
      { key: alice.userId, state: { enabled: false, generation: 7n } },
      { key: alice.userId, state: undefined },
    ]);
  });
});
