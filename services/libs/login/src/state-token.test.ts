import { createSecretKey } from "node:crypto";
import { PooledRandom, Sealer } from "@portcullis/kit";
import { describe, expect, it } from "vitest";
import type { LoginId, UserId, UserKey } from "./ids.js";
import { StateSealer, type StateToken } from "./state-token.js";

const HOLDER = { client: "vpn", userKey: "a user's key" as UserKey };
const PROMPT: StateToken = {
  kind: "prompt",
  loginId: "1a".repeat(16) as LoginId,
  userId: "00".repeat(16) as UserId,
  round: 2,
};

function conversation(stateBytes: number): StateToken {
  return { kind: "conversation", loginId: PROMPT.loginId, server: "radius.example", state: new Uint8Array(stateBytes) };
}

function sealerWith(active: number): StateSealer {
  const random = new PooledRandom();
  const key = createSecretKey(Buffer.from(random.bytes(32)));
  const ring = { active, sealing: new Map([[active, key]]), digest: key, audit: key };
  return new StateSealer(new Sealer(ring, random));
}

function sealed(states: StateSealer, token: StateToken): Uint8Array {
  const state = states.seal(token, HOLDER);
  if (state === undefined) throw new Error("the State is too long");
  return state;
}

describe("State", () => {
  const states = sealerWith(1);

  it.each([
    ["a prompt", PROMPT],
    ["a conversation", conversation(16)],
    ["a conversation without a State of the target", conversation(0)],
  ])("says what %s is, without a NUL: ocserv sends back nothing behind one", (_what, token) => {
    const state = sealed(states, token);
    expect(state.includes(0)).toBe(false);
    expect(states.open(state, HOLDER)).toEqual(token);
  });

  it("of a prompt has 78 octets, and a target's State may be so long that ours has 253", () => {
    expect(sealed(states, PROMPT)).toHaveLength(78);
    const longest = 253 - 1 - 43 - 18 - "radius.example".length;
    expect(sealed(states, conversation(longest))).toHaveLength(253);
    expect(states.seal(conversation(longest + 1), HOLDER)).toBeUndefined();
    expect(states.seal(conversation(253), HOLDER)).toBeUndefined();
  });

  it("opens for nobody else", () => {
    const state = sealed(states, PROMPT);
    expect(states.open(state, { ...HOLDER, client: "other" })).toBeUndefined();
    expect(states.open(state, { ...HOLDER, userKey: "another" as UserKey })).toBeUndefined();
    expect(sealerWith(1).open(state, HOLDER)).toBeUndefined();
    expect(sealerWith(2).open(state, HOLDER)).toBeUndefined();
  });

  it("opens as it was given only, not with any bit wrong, shorter, longer or missing", () => {
    const state = sealed(states, PROMPT);
    for (let bit = 0; bit < state.length * 8; bit++) {
      const changed = state.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(states.open(changed, HOLDER)).toBeUndefined();
    }
    for (const other of [state.slice(0, -1), Uint8Array.of(...state, 1), state.slice(1), new Uint8Array(0)]) {
      expect(states.open(other, HOLDER)).toBeUndefined();
    }
  });
});
