import { createSecretKey, randomBytes } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { type EventBus, PooledRandom, Sealer, type Stages } from "@portcullis/kit";
import { contextOf, type UserId } from "@portcullis/login";
import { LoginRequestedSchema, PrimaryDecidedSchema } from "@portcullis/proto";
import { expect, it, vi } from "vitest";
import type { CheckFirstFactor } from "../../application/check-first-factor.js";
import { LoginRequestedController } from "./login-requested.controller.js";

const DEADLINE_MS = 1_000_000;
const key = createSecretKey(randomBytes(32));
const sealer = new Sealer({ active: 1, sealing: new Map([[1, key]]), digest: key, audit: key }, new PooledRandom());

const event = create(LoginRequestedSchema, {
  sealedCode: Uint8Array.of(1, 2, 3),
  context: { loginId: "01", exchangeId: "01", userKey: "key", deadlineMs: BigInt(DEADLINE_MS) },
});

function setUp(nowMs: number) {
  const check = vi.fn<CheckFirstFactor["check"]>(async () => {
    const userId = "alice" as UserId;
    const proof = { credential: "password", credentialDigest: "c", identityUnproven: false } as const;
    const context = contextOf(event.context);
    const { sealedCode } = event;
    return {
      context,
      answer: { kind: "accepted" },
      userId,
      userKnown: true,
      server: undefined,
      further: false,
      sealedCode,
      provenName: "alice",
      ...proof,
    };
  });
  const publish = vi.fn<EventBus["publish"]>(async () => undefined);
  const bus: EventBus = { publish, publishState: async () => undefined };
  const stages = { observe: () => undefined } as unknown as Stages; // Private fields: no fake has them.
  const checkFirstFactor = { check } as unknown as CheckFirstFactor; // As above.
  const controller = new LoginRequestedController(checkFirstFactor, bus, stages, { nowMs: () => nowMs }, sealer);
  return { controller, check, publish };
}

it("checks what comes in time and tells the decision", async () => {
  const { controller, check, publish } = setUp(DEADLINE_MS);
  await controller.onLoginRequested(event);
  expect(check).toHaveBeenCalledOnce();
  expect(check.mock.calls[0]?.[0].sealedCode).toEqual(event.sealedCode);
  expect(publish.mock.calls).toMatchObject([
    [PrimaryDecidedSchema, "alice", { sealedCode: event.sealedCode, provenName: "alice" }],
  ]);
});

it("spends no work on a login past its deadline: after an outage the first new one must not wait for the old", async () => {
  const { controller, check, publish } = setUp(DEADLINE_MS + 1);
  await controller.onLoginRequested(event);
  expect(check).not.toHaveBeenCalled();
  expect(publish).not.toHaveBeenCalled();
});
