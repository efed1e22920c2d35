import { create } from "@bufbuild/protobuf";
import { fileUserIdOf, targetSecretPlace } from "@portcullis/login";
import {
  ClientChangedSchema,
  type PrimaryDecided,
  PrimaryOutcome,
  ResultCode,
  TargetChangedSchema,
  TargetType,
  UserChangedSchema,
} from "@portcullis/proto";
import { SharedSecret } from "@portcullis/radius";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FakeTarget, replyTo, SECRET_TEXT } from "./adapters/radius-target/testing/fake-target.js";
import { AuthnPrimaryUnderTest, PGLITE_START_MS } from "./testing/authn-primary-under-test.js";

const CONFIGURATION = `
clients: []
targets: []
users: [{ name: alice, password: correct horse }, { name: bob, password: battery staple }]
`;
const GENERATION = 1n;
/** More than the process has under way at once. */
const FLOOD = 2_500;
/** The half of 768 requests to a target, and of 1,024 hashes. */
const SHARE_OF_TARGET = 384;
const SHARE_OF_HASHES = 512;
const FLOOD_ENDS_MS = 60_000;

let service: AuthnPrimaryUnderTest;
let server: FakeTarget;

beforeAll(async () => {
  service = await AuthnPrimaryUnderTest.start(CONFIGURATION);
  // Answers whose name begins with "quick" and nobody else.
  server = await FakeTarget.start(new SharedSecret(SECRET_TEXT), (request, answer) => {
    if (
      Buffer.from(request.packet.first(1) ?? [])
        .toString()
        .startsWith("quick")
    )
      answer(replyTo(request));
  });
  const { bus, sealer, digest } = service;
  const sealedSecret = sealer.seal(Buffer.from(SECRET_TEXT), targetSecretPlace("nps", 0));
  const servers = [{ address: "127.0.0.1", port: server.port, sealedSecret }];
  await bus.publishState(
    TargetChangedSchema,
    "nps",
    create(TargetChangedSchema, { name: "nps", generation: GENERATION, type: TargetType.RADIUS, servers }),
  );
  await bus.publishState(
    TargetChangedSchema,
    "local",
    create(TargetChangedSchema, { name: "local", generation: GENERATION, type: TargetType.LOCAL }),
  );
  const targetOf = { "flood-nps": "nps", "vpn-nps": "nps", "flood-local": "local", "vpn-local": "local" };
  for (const [name, target] of Object.entries(targetOf)) {
    await bus.publishState(
      ClientChangedSchema,
      name,
      create(ClientChangedSchema, { name, generation: GENERATION, target }),
    );
  }
  for (const loginName of ["alice", "bob"]) {
    const userId = fileUserIdOf(digest, loginName);
    const user = create(UserChangedSchema, { userId, generation: GENERATION, loginName, enabled: true });
    await bus.publishState(UserChangedSchema, userId, user);
  }
}, PGLITE_START_MS);
afterAll(async () => {
  await service.stop();
  server.stop();
});

/** Logins of as many users as there are, and how many of them have ended so far, by result code. */
function startFlood(client: string, count: number, of: (at: number) => { userName: string; userKey?: string }) {
  const ended = new Map<ResultCode, number>();
  const note = ({ resultCode }: PrimaryDecided) => ended.set(resultCode, (ended.get(resultCode) ?? 0) + 1);
  const all = Array.from({ length: count }, (_, at) =>
    service.login({ ...of(at), client, password: "a guess" }).then(note),
  );
  return { ended, all: Promise.all(all) };
}

describe("a flood from one client", () => {
  it("holds its share of a target that is silent, and keeps no login of others from it, nor from other targets", async () => {
    const { ended } = startFlood("flood-nps", FLOOD, (at) => ({ userName: `slow${at}` }));
    for (let at = 0; at < 5; at++) {
      const same = await service.login({ userName: `quick${at}`, client: "vpn-nps", password: "right" });
      expect(same.outcome).toBe(PrimaryOutcome.ACCEPTED);
    }
    const other = await service.login({ userName: "alice", client: "vpn-local", password: "correct horse" });
    expect(other.outcome).toBe(PrimaryOutcome.ACCEPTED);
    const refused = { [ResultCode.FAILED_AUTHENTICATION_THROTTLED]: FLOOD - SHARE_OF_TARGET };
    await expect.poll(() => Object.fromEntries(ended)).toEqual(refused);
  });

  it(
    "of wrong passwords of unknown users holds its share of the hashes, and others come next",
    async () => {
      const { ended, all } = startFlood("flood-local", FLOOD, (at) => ({ userName: `nobody${at}` }));
      const alice = await service.login({ userName: "alice", client: "vpn-local", password: "correct horse" });
      expect(alice.outcome).toBe(PrimaryOutcome.ACCEPTED);
      expect(ended.get(ResultCode.FAILED_USER_UNKNOWN) ?? 0).toBeLessThan(SHARE_OF_HASHES / 2);
      await all;
      expect([...ended.keys()].toSorted((a, b) => a - b)).toEqual([
        ResultCode.FAILED_USER_UNKNOWN,
        ResultCode.FAILED_AUTHENTICATION_THROTTLED,
      ]);
      expect(ended.get(ResultCode.FAILED_USER_UNKNOWN)).toBeGreaterThanOrEqual(SHARE_OF_HASHES);
    },
    FLOOD_ENDS_MS,
  );

  it(
    "of wrong passwords of one known user waits for itself: others of the same client come next",
    async () => {
      const { ended, all } = startFlood("vpn-local", 100, () => ({ userName: "bob", userKey: "key of bob" }));
      const alice = await service.login({ userName: "alice", client: "vpn-local", password: "correct horse" });
      expect(alice.outcome).toBe(PrimaryOutcome.ACCEPTED);
      expect(ended.get(ResultCode.FAILED_PRIMARY_REJECTED) ?? 0).toBeLessThan(50);
      await all;
      expect(Object.fromEntries(ended)).toEqual({ [ResultCode.FAILED_PRIMARY_REJECTED]: 100 });
    },
    FLOOD_ENDS_MS,
  );
});
