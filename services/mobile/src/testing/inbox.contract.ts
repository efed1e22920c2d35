import { createHash } from "node:crypto";
import { create, fromBinary } from "@bufbuild/protobuf";
import { DeviceClient } from "@portcullis/device-client";
import { Unavailable } from "@portcullis/kit";
import { pushSubscriptionPlace } from "@portcullis/login";
import {
  AnswerWord,
  ChallengeResult,
  DeliveryOutcome,
  Matching,
  Notice,
  PushEndedSchema,
  PushSubscriptionSchema,
  ReachMethod,
} from "@portcullis/proto";
import { sleepMs } from "@portcullis/testkit";
import { expect, it } from "vitest";
import { newId } from "./mobile-under-test.js";
import { until, type World } from "./world.contract.js";

const SUBSCRIPTION = {
  endpoint: "https://198.41.0.4/send/abc",
  keys: { p256dh: Buffer.alloc(65, 4).toString("base64url"), auth: Buffer.alloc(16, 5).toString("base64url") },
};

/** What devices are asked, and what they answer. */
export function inboxBehaviour(world: World): void {
  let people = 0;
  async function person() {
    const { one } = world();
    const name = `person${people++}`;
    const userId = await one.keepUser(name);
    const device = await one.device(name);
    return { one, name, userId, ...device };
  }

  /** Waits until a device finds a challenge. */
  const shown = (client: DeviceClient, { challengeId }: { readonly challengeId: string }): Promise<void> =>
    until(async () => (await client.inbox()).challenges.some((challenge) => challenge.challengeId === challengeId));

  it("shows a challenge with what a person needs to know", async () => {
    const { one, userId, client } = await person();
    const issued = await one.issue(userId, {
      matching: Matching.CONTEXT,
      choices: ["PC-1", "PC-2", "PC-3"],
      asksPin: true,
    });
    await shown(client, issued);
    const { challenges, results } = await client.inbox({ waitSeconds: 5, known: "something else" });
    expect(results).toEqual([]);
    expect(challenges).toEqual([
      expect.objectContaining({
        challengeId: issued.challengeId,
        loginId: issued.loginId,
        application: "Example VPN",
        userName: "alice",
        station: "PC-1",
        sourceAddress: "192.0.2.7",
        attempt: 1,
        notice: "none",
        asksPin: true,
        matching: "context",
        choices: ["PC-1", "PC-2", "PC-3"],
      }),
    ]);
    await until(() => one.deliveries.some((report) => report.challengeId === issued.challengeId));
    const report = one.deliveries.find(({ challengeId }) => challengeId === issued.challengeId);
    expect(report).toMatchObject({ outcome: DeliveryOutcome.SENT, method: ReachMethod.APP, userId });
  });

  it("wakes a device that waits, on whichever replica it does", async () => {
    const { one, userId, client, stored } = await person();
    const { other } = world();
    const elsewhere = new DeviceClient({ ...stored, url: other.url });
    const { version, challenges } = await client.inbox();
    expect(challenges).toEqual([]);
    const startedAt = performance.now();
    const waiting = elsewhere.inbox({ waitSeconds: 20, known: version });
    await sleepMs(300);
    const { challengeId } = await one.issue(userId);
    expect((await waiting).challenges.map((challenge) => challenge.challengeId)).toEqual([challengeId]);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it("lets a device wait no longer than it wants, and one call of it at a time", async () => {
    const { client } = await person();
    const { version } = await client.inbox();
    const startedAt = performance.now();
    await client.inbox({ waitSeconds: 1, known: version });
    expect(performance.now() - startedAt).toBeGreaterThan(900);
    const first = client.inbox({ waitSeconds: 20, known: version });
    await sleepMs(200);
    const second = client.inbox({ waitSeconds: 1, known: version });
    await first;
    await second;
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it("tells when a user has no device, or an expired challenge, and shows nothing", async () => {
    const { one, userId, client } = await person();
    const nobody = await one.keepUser(`nobody${people}`);
    const unreached = await one.issue(nobody);
    await until(() => one.deliveries.some(({ challengeId }) => challengeId === unreached.challengeId));
    const report = one.deliveries.find(({ challengeId }) => challengeId === unreached.challengeId);
    expect(report).toMatchObject({ outcome: DeliveryOutcome.UNREACHABLE, loginId: unreached.loginId });
    await one.issue(userId, {}, -1);
    await one.issue(userId, { method: ReachMethod.SMS });
    await sleepMs(100);
    expect((await client.inbox()).challenges).toEqual([]);
  });

  it("passes an approval on, sealed, and tells what came of it", async () => {
    const { one, userId, client, stored } = await person();
    const issued = await one.issue(userId, { asksPin: true, matching: Matching.NUMBER });
    await shown(client, issued);
    const answering = client.answer(issued.challengeId, { word: "approve", attempt: 1, pin: "2580", matched: "42" });
    await until(() => one.answered.some(({ challengeId }) => challengeId === issued.challengeId));
    const event = one.answered.find(({ challengeId }) => challengeId === issued.challengeId);
    expect(event).toMatchObject({ loginId: issued.loginId, userId, deviceId: stored.deviceId, attempt: 1 });
    expect(event && one.answerIn(event)).toMatchObject({
      word: AnswerWord.APPROVE,
      pin: "2580",
      matched: "42",
      text: "",
    });
    expect(JSON.stringify({ ...event, answeredAtMs: 0, deadlineMs: 0 })).not.toContain("2580");
    await one.close(issued, ChallengeResult.APPROVED);
    expect(await answering).toEqual({ outcome: "closed", result: "approved" });
    const { challenges, results } = await client.inbox();
    expect([challenges, results]).toMatchObject([[], [{ result: "approved", application: "Example VPN" }]]);
    await expect(client.answer(issued.challengeId, { word: "approve", attempt: 1 })).rejects.toMatchObject({
      status: 410,
    });
  });

  it("tells that there is another attempt, and takes the answer to that one only", async () => {
    const { one, userId, client } = await person();
    const issued = await one.issue(userId, { asksPin: true });
    await shown(client, issued);
    const answering = client.answer(issued.challengeId, { word: "approve", attempt: 1, pin: "1111" });
    await until(() => one.answered.some(({ challengeId }) => challengeId === issued.challengeId));
    const again = { challengeId: issued.challengeId, asksPin: true, attempt: 2, notice: Notice.PIN_WRONG };
    await one.issue(userId, again);
    expect(await answering).toEqual({ outcome: "again", attempt: 2, notice: "pin-wrong" });
    const stale = client.answer(issued.challengeId, { word: "approve", attempt: 1, pin: "2222" });
    await expect(stale).rejects.toMatchObject({ status: 409, reason: "attempt-over" });
    const empty = client.answer(issued.challengeId, { word: "approve", attempt: 2 });
    await expect(empty).rejects.toMatchObject({ status: 400, reason: "incomplete" });
    expect((await client.inbox()).challenges).toMatchObject([{ attempt: 2, notice: "pin-wrong" }]);
  });

  it("answers after a while when nothing is known yet", async () => {
    const { one, userId, client } = await person();
    const issued = await one.issue(userId);
    await shown(client, issued);
    expect(await client.answer(issued.challengeId, { word: "deny", attempt: 1 })).toEqual({ outcome: "taken" });
  });

  it("lets a no on one device win over a later yes on another", async () => {
    const { one, name, userId, client } = await person();
    const other = await one.device(name);
    const issued = await one.issue(userId);
    await shown(client, issued);
    const denying = client.answer(issued.challengeId, { word: "deny", attempt: 1 });
    await until(() => one.answered.some(({ challengeId }) => challengeId === issued.challengeId));
    const approving = other.client.answer(issued.challengeId, { word: "approve", attempt: 1 });
    await expect(approving).rejects.toMatchObject({ status: 410, reason: "over" });
    expect((await other.client.inbox()).challenges).toEqual([]);
    await one.close(issued, ChallengeResult.DENIED);
    expect(await denying).toEqual({ outcome: "closed", result: "denied" });
    expect(one.answered.filter(({ challengeId }) => challengeId === issued.challengeId)).toHaveLength(1);
  });

  it("knows no challenge of another user's, and says so as of one that never was", async () => {
    const { one, userId, client: owner } = await person();
    const { client } = await person();
    const issued = await one.issue(userId);
    const { challengeId } = issued;
    await shown(owner, issued);
    for (const id of [challengeId, newId(), "x"]) {
      for (const word of ["approve", "deny", "fraud"] as const) {
        const refused = await client.answer(id, { word, attempt: 1 }).catch((error: unknown) => error);
        expect(refused, id).toMatchObject({ status: 404, reason: "unknown" });
      }
    }
    expect(one.answered.some((event) => event.challengeId === challengeId)).toBe(false);
    expect(one.frauds.some((event) => event.userId === userId)).toBe(false);
  });

  it("never shows what has ended before it began, and shows an end for a moment", async () => {
    const { one, userId, client } = await person();
    const ended = { challengeId: newId(), loginId: newId(), userId, deadlineMs: one.nowMs() + 60_000 };
    await one.close(ended, ChallengeResult.REPLACED);
    await until(async () => (await client.inbox()).results.length === 1);
    await one.issue(userId, { challengeId: ended.challengeId });
    await sleepMs(100);
    expect(await client.inbox()).toMatchObject({ challenges: [], results: [{ result: "replaced" }] });
    one.aheadMs += 31_000;
    expect(await client.inbox()).toMatchObject({ challenges: [], results: [] });
    one.aheadMs = 0;
  });

  it("acknowledges a report of fraud when it is kept, and not before", async () => {
    const { one, userId, client } = await person();
    const issued = await one.issue(userId);
    await shown(client, issued);
    let keep: (() => void) | undefined;
    one.keepFraud = () => new Promise((resolve) => (keep = resolve));
    let acknowledged = false;
    const reporting = client.answer(issued.challengeId, { word: "fraud", attempt: 1 }).then((outcome) => {
      acknowledged = true;
      return outcome;
    });
    await until(() => keep !== undefined);
    await sleepMs(300);
    expect([acknowledged, one.answered.some(({ challengeId }) => challengeId === issued.challengeId)]).toEqual([
      false,
      false,
    ]);
    keep?.();
    expect(await reporting).toEqual({ outcome: "fraud-reported" });
    one.keepFraud = () => Promise.reject(new Unavailable("Kafka is away"));
    await expect(client.answer(issued.challengeId, { word: "fraud", attempt: 1 })).rejects.toMatchObject({
      status: 503,
    });
    one.keepFraud = () => Promise.resolve();
    await client.answer(issued.challengeId, { word: "fraud", attempt: 1 });
    const reports = one.frauds.filter((report) => report.userId === userId);
    expect(new Set(reports.map(({ reportId }) => reportId)).size).toBe(1);
    expect(reports[0]).toMatchObject({
      loginId: issued.loginId,
      client: "vpn",
      application: "Example VPN",
      station: "PC-1",
    });
    const event = one.answered.find(({ challengeId }) => challengeId === issued.challengeId);
    expect(event && one.answerIn(event).word).toBe(AnswerWord.FRAUD);
  });

  it("takes a report of fraud about what has just ended", async () => {
    const { one, userId, client } = await person();
    const issued = await one.issue(userId);
    await shown(client, issued);
    await one.close(issued, ChallengeResult.EXPIRED);
    await until(async () => (await client.inbox()).results.length === 1);
    expect(await client.answer(issued.challengeId, { word: "fraud", attempt: 1 })).toEqual({
      outcome: "fraud-reported",
    });
    expect(one.frauds.some(({ loginId }) => loginId === issued.loginId)).toBe(true);
    expect(one.answered.some(({ challengeId }) => challengeId === issued.challengeId)).toBe(false);
  });

  it("has devices woken where they want to be, for the first attempt, until the push service is done with them", async () => {
    const { one, userId, client, stored } = await person();
    for (const endpoint of ["https://127.0.0.1/x", "http://198.41.0.4/x", "https://localhost/x"]) {
      const refused = await client.subscribe({ ...SUBSCRIPTION, endpoint }).catch((error: unknown) => error);
      expect(refused, endpoint).toMatchObject({ status: 422, reason: "bad-endpoint" });
    }
    await client.subscribe(SUBSCRIPTION);
    expect(await client.show()).toMatchObject({ deviceId: stored.deviceId, hasPushSubscription: true });
    const { challengeId } = await one.issue(userId);
    await until(() => one.pushes.some((push) => push.challengeId === challengeId));
    const push = one.pushes.find((one) => one.challengeId === challengeId);
    const plain = one.sealer.open(push?.sealedSubscription ?? new Uint8Array(), pushSubscriptionPlace(stored.deviceId));
    expect(plain && fromBinary(PushSubscriptionSchema, plain)).toMatchObject({ endpoint: SUBSCRIPTION.endpoint });
    await one.issue(userId, { challengeId, attempt: 2 });
    await sleepMs(100);
    expect(one.pushes.filter((push) => push.challengeId === challengeId)).toHaveLength(1);
    const ended = (endpoint: string) =>
      one.bus.publish(
        PushEndedSchema,
        userId,
        create(PushEndedSchema, {
          userId,
          deviceId: stored.deviceId,
          endpointDigest: createHash("sha256").update(endpoint).digest("hex"),
        }),
      );
    await ended("https://198.41.0.4/send/older");
    expect(await client.show()).toMatchObject({ hasPushSubscription: true });
    await ended(SUBSCRIPTION.endpoint);
    expect(await client.show()).toMatchObject({ hasPushSubscription: false });
    await client.subscribe(SUBSCRIPTION);
    await client.unsubscribe();
    expect(await client.show()).toMatchObject({ hasPushSubscription: false });
  });

  it("goes by what the server says of the time when the device's clock is wrong", async () => {
    const { one, client } = await person();
    one.aheadMs = 3_600_000;
    expect(await client.show()).toMatchObject({ name: "phone" });
    one.aheadMs = 0;
  });
}
