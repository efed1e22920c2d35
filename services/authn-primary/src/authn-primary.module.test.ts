import { create } from "@bufbuild/protobuf";
import { fileUserIdOf } from "@portcullis/login";
import {
  ClientChangedSchema,
  type PrimaryDecided,
  PrimaryOutcome,
  ResultCode,
  TargetChangedSchema,
  TargetType,
  UserChangedSchema,
} from "@portcullis/proto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AuthnPrimaryUnderTest, PGLITE_START_MS } from "./testing/authn-primary-under-test.js";

const CONFIGURATION = `
radius: { listen: [{ address: 127.0.0.1, authPort: 1812 }] }
clients: []
targets: []
users: [{ name: alice, password: correct horse }]
`;
const KEY = "a key";

let service: AuthnPrimaryUnderTest;

beforeAll(async () => {
  service = await AuthnPrimaryUnderTest.start(CONFIGURATION);
  const { bus } = service;
  const generation = 1n;
  const client = create(ClientChangedSchema, { name: "vpn", generation, target: "local" });
  const target = create(TargetChangedSchema, { name: "local", generation, type: TargetType.LOCAL });
  const alice = create(UserChangedSchema, { userId: aliceId(), generation, loginName: "alice", enabled: true });
  await bus.publishState(ClientChangedSchema, "vpn", client);
  await bus.publishState(TargetChangedSchema, "local", target);
  await bus.publishState(UserChangedSchema, aliceId(), alice);
}, PGLITE_START_MS);
afterAll(() => service.stop());

function aliceId(): string {
  return fileUserIdOf(service.digest, "alice");
}

async function login(userName: string, password: string | undefined): Promise<PrimaryDecided> {
  const event = await service.login({ userName, password, userKey: KEY });
  expect(event.context).toMatchObject({ userKey: KEY, client: "vpn", userName });
  return event;
}

describe("AuthnPrimaryModule", () => {
  it("decides logins with what it imported and what it was told", async () => {
    const known = { userId: aliceId(), userKnown: true };
    const { ACCEPTED, REJECTED } = PrimaryOutcome;
    expect(await login("CORP\\Alice", "correct horse")).toMatchObject({
      ...known,
      outcome: ACCEPTED,
      resultCode: ResultCode.UNSPECIFIED,
      credentialDigest: service.digest.hex("credential", aliceId(), "correct horse"),
    });
    expect(await login("alice", "correct horsf")).toMatchObject({
      ...known,
      outcome: REJECTED,
      resultCode: ResultCode.FAILED_PRIMARY_REJECTED,
      credentialDigest: "",
    });
    expect(await login("mallory", "correct horse")).toMatchObject({
      userId: KEY,
      userKnown: false,
      outcome: REJECTED,
      resultCode: ResultCode.FAILED_USER_UNKNOWN,
    });
    expect(await login("alice", undefined)).toMatchObject({
      outcome: REJECTED,
      resultCode: ResultCode.FAILED_REQUEST_INVALID,
    });
  });

  it("follows what changes: a user who is switched off", async () => {
    const off = create(UserChangedSchema, { userId: aliceId(), generation: 2n, loginName: "alice", enabled: false });
    await service.bus.publishState(UserChangedSchema, aliceId(), off);
    expect((await login("alice", "correct horse")).resultCode).toBe(ResultCode.FAILED_USER_DISABLED);
  });
});
