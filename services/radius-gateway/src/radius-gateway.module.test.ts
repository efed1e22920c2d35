import { systemClock } from "@portcullis/kit";
import {
  answerPlace,
  type GatewayId,
  type LoginId,
  MemoryPendingStore,
  type Reply,
  type StateToken,
  type UserId,
  userKeyOf,
  type Wake,
} from "@portcullis/login";
import { ResultCode } from "@portcullis/proto";
import {
  type AccessRequest,
  type Attribute,
  AttributeType,
  Code,
  octetsAttribute,
  stateAttribute,
} from "@portcullis/radius";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ACCEPT, GatewayBench, refusalIn } from "./testing/gateway-bench.js";
import { GatewayUnderTest } from "./testing/gateway-under-test.js";
import { bareRequestOf, requestOf, verified } from "./testing/requests.js";

/** Long enough on loopback to see that nothing comes. */
const SILENCE_MS = 150;
const TOKEN = {
  kind: "prompt",
  loginId: "1a".repeat(16) as LoginId,
  userId: "2b".repeat(16) as UserId,
  round: 1,
} as const satisfies StateToken;

let bench: GatewayBench;
beforeEach(async () => {
  bench = await GatewayBench.open();
});
afterEach(() => bench.close());

const status = (change: AccessRequest = {}) => bareRequestOf({ code: Code.StatusServer, ...change });
const oneBitWrong = ({ type, value }: Attribute): Attribute => ({
  type,
  value: Uint8Array.from(value).fill((value[40] ?? 0) ^ 1, 40, 41),
});
const challenge = (state: Uint8Array): Reply => ({
  ...ACCEPT,
  verdict: "challenge",
  state,
  message: "Your code:",
  sessionTimeoutSeconds: 60,
});
const stateFor = (client: string, userName: string): Attribute =>
  stateAttribute(
    bench.keys.states.seal(TOKEN, { client, userKey: userKeyOf(bench.keys.digest, userName) }) ?? new Uint8Array(),
  );

describe("a login", () => {
  it("goes from packet to event to verdict to packet", async () => {
    const gateway = await bench.startGateway();
    const calling = octetsAttribute(AttributeType.CallingStationId, Buffer.from("203.0.113.9"));
    const request = requestOf({ attributes: [calling] });
    bench.nas.send(request, gateway.port);
    const [reply] = await bench.nas.replies(1);
    const packet = verified(reply, request);
    expect(packet.code).toBe(Code.AccessAccept);
    expect(Buffer.from(packet.first(AttributeType.ReplyMessage) ?? []).toString()).toBe("welcome");
    const [published] = gateway.published;
    expect(published?.context).toMatchObject({
      loginId: expect.stringMatching(/^[0-9a-f]{32}$/),
      userKey: userKeyOf(bench.keys.digest, "alice"),
      client: "vpn",
      userName: "CORP\\Alice",
      station: "203.0.113.9",
      sourceAddress: "127.0.0.1",
      deadlineMs: (published?.context.claimedAtMs ?? 0) + 20_000,
    });
    expect(bench.passwordIn(published)).toBe("correct horse");
    expect(refusalIn(published)).toBe(ResultCode.UNSPECIFIED);
    expect(await gateway.metric("portcullis_radius_requests_total", { client: "vpn", code: "access-request" })).toBe(1);
    expect(await gateway.metric("portcullis_radius_replies_total", { client: "vpn", code: "access-accept" })).toBe(1);
    expect(await gateway.metric("portcullis_radius_waiting")).toBe(0);
    expect(JSON.stringify(gateway.logged)).not.toMatch(/correct horse|a shared secret/);
  });

  it("without a password goes on without one", async () => {
    const gateway = await bench.startGateway();
    bench.nas.send(bareRequestOf({ userName: "alice" }), gateway.port);
    bench.nas.send(bareRequestOf({ userName: "alice", password: "" }), gateway.port);
    await bench.nas.replies(2);
    expect(gateway.published.map((one) => bench.passwordIn(one))).toEqual([undefined, ""]);
    expect(gateway.published.map(refusalIn)).toEqual([ResultCode.UNSPECIFIED, ResultCode.UNSPECIFIED]);
  });

  it("with a prompt: the State comes back and its answer is published for the login it was issued to", async () => {
    const state = stateFor("vpn", "alice");
    const gateway = await bench.startGateway({
      decide: (published) => (published.kind === "login" ? challenge(state.value) : ACCEPT),
    });
    const first = requestOf();
    bench.nas.send(first, gateway.port);
    const prompt = verified((await bench.nas.replies(1))[0], first);
    expect(prompt.code).toBe(Code.AccessChallenge);
    expect(Buffer.from(prompt.first(AttributeType.SessionTimeout) ?? []).readUInt32BE()).toBe(60);
    const returned = stateAttribute(Uint8Array.from(prompt.first(AttributeType.State) ?? []));
    const second = requestOf({ userName: "alice@corp.example", password: "123456", attributes: [returned] });
    bench.nas.send(second, gateway.port);
    expect(verified((await bench.nas.replies(2))[1], second).code).toBe(Code.AccessAccept);
    const answered = gateway.published[1];
    if (answered?.kind !== "answer") throw new Error("no answer was published");
    const { event, context } = answered;
    expect([event.userId, event.round, context.loginId]).toEqual([TOKEN.userId, 1, TOKEN.loginId]);
    expect(context.exchangeId).not.toBe(gateway.published[0]?.context.exchangeId);
    expect(bench.keys.sealer.open(event.sealedAnswer, answerPlace(context.exchangeId))?.toString()).toBe("123456");
  });

  it.each([
    ["another user's State", () => stateFor("vpn", "bob"), ResultCode.FAILED_STATE_INVALID],
    ["another client's State", () => stateFor("wifi", "alice"), ResultCode.FAILED_STATE_INVALID],
    ["a State with one bit changed", () => oneBitWrong(stateFor("vpn", "alice")), ResultCode.FAILED_STATE_INVALID],
    ["a State that is noise", () => stateAttribute(Buffer.from("whatever")), ResultCode.FAILED_STATE_INVALID],
    ["CHAP", () => octetsAttribute(AttributeType.ChapPassword, Buffer.alloc(17)), ResultCode.FAILED_REQUEST_INVALID],
  ])("is refused through the same path for %s, and the password goes nowhere", async (what, attribute, refusal) => {
    const gateway = await bench.startGateway({ decide: () => ({ ...ACCEPT, verdict: "reject", message: "no" }) });
    const password = what === "CHAP" ? {} : { password: "correct horse" };
    const octets = bareRequestOf({ userName: "alice", ...password, attributes: [attribute()] });
    bench.nas.send(octets, gateway.port);
    expect(verified((await bench.nas.replies(1))[0], octets).code).toBe(Code.AccessReject);
    expect(gateway.published.map(refusalIn)).toEqual([refusal]);
    expect(gateway.published.map((one) => bench.passwordIn(one))).toEqual([undefined]);
  });

  it("is refused for a name with a control character, of which only what is printable goes on", async () => {
    const gateway = await bench.startGateway({ decide: () => ({ ...ACCEPT, verdict: "reject" }) });
    bench.nas.send(requestOf({ userName: "alice\u0007" }), gateway.port);
    await bench.nas.replies(1);
    expect(gateway.published.map(refusalIn)).toEqual([ResultCode.FAILED_REQUEST_INVALID]);
    expect(gateway.published[0]?.context.userName).toBe("alice\\x07");
  });
});

describe("Status-Server", () => {
  it("is answered at once when ready, and is no login", async () => {
    const gateway = await bench.startGateway();
    const request = status();
    bench.nas.send(request, gateway.port);
    const packet = verified((await bench.nas.replies(1))[0], request);
    expect([packet.code, packet.attributeCount]).toEqual([Code.AccessAccept, 1]);
    expect(gateway.published).toEqual([]);
    expect(bench.store.recordCount).toBe(0);
  });

  it("is not answered while a part is missing; requests are tried all the same", async () => {
    let ready = true;
    const gateway = await bench.startGateway({ ready: () => ready });
    await gateway.until(() => gateway.readiness.missing().length === 0);
    ready = false;
    bench.nas.send(status(), gateway.port);
    const labels = { client: "vpn", reason: "not-ready" };
    await gateway.untilMetric("portcullis_radius_discarded_total", labels, 1);
    const request = requestOf();
    bench.nas.send(request, gateway.port);
    expect(verified((await bench.nas.replies(1))[0], request).code).toBe(Code.AccessAccept);
  });

  it("is dropped like every request until everything was ready for the first time", async () => {
    let ready = false;
    const gateway = await bench.startGateway({ ready: () => ready });
    const early = requestOf({ identifier: 7 });
    bench.nas.send(early, gateway.port);
    expect(await bench.nas.replies(1, SILENCE_MS)).toEqual([]);
    expect(gateway.published).toEqual([]);
    ready = true;
    await gateway.until(() => gateway.readiness.missing().length === 0);
    bench.nas.send(early, gateway.port);
    expect(verified((await bench.nas.replies(1))[0], early).code).toBe(Code.AccessAccept);
  });

  it("is not answered without Message-Authenticator", async () => {
    const gateway = await bench.startGateway();
    bench.nas.send(status({ messageAuthenticator: "omitted" }), gateway.port);
    expect(await bench.nas.replies(1, SILENCE_MS)).toEqual([]);
  });
});

describe("a wake-up that is lost", () => {
  it("is made good by looking into the store", async () => {
    const deaf = new (class extends MemoryPendingStore {
      override listen(
        _gateway: GatewayId,
        _onWakes: (wakes: readonly Wake[]) => void,
        signal: AbortSignal,
      ): Promise<void> {
        return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
      }
    })(systemClock);
    bench.closeLater(() => deaf.close());
    const gateway = await bench.startGateway({ store: deaf });
    const request = requestOf();
    const sentAt = performance.now();
    bench.nas.send(request, gateway.port);
    verified((await bench.nas.replies(1))[0], request);
    expect(performance.now() - sentAt).toBeGreaterThan(900);
    expect(gateway.published).toHaveLength(1);
  });
});

describe("sockets", () => {
  it("may be several, IPv6 among them; the reply leaves from the one that was asked", async () => {
    const gateway = await bench.startGateway({
      listen: [
        { address: "127.0.0.1", port: 0 },
        { address: "::1", port: 0 },
      ],
    });
    await gateway.setClient({ name: "six", addresses: ["::1/128"] });
    const six = await bench.openNas("::1");
    const request = requestOf();
    six.send(request, gateway.ports[1] ?? 0);
    verified((await six.replies(1))[0], request);
    expect(gateway.published[0]?.context).toMatchObject({ client: "six", sourceAddress: "::1" });
  });

  it("that are taken stop the start, and leave none open", async () => {
    const gateway = await bench.startGateway();
    const listen = [
      { address: "127.0.0.1", port: 0 },
      { address: "127.0.0.1", port: gateway.port },
    ];
    await expect(
      GatewayUnderTest.start({ store: bench.store, keys: bench.keys, decide: () => ACCEPT, listen }),
    ).rejects.toThrow(`RADIUS cannot listen on 127.0.0.1 port ${gateway.port}.`);
  });
});

describe("leaving", () => {
  it("is unready at once, serves for the delay, finishes what waits, then closes", async () => {
    const gateway = await bench.startGateway({
      drainDelayMs: 1_000,
      drainGraceMs: 10_000,
      decide: ({ context }) => ({
        ...ACCEPT,
        notBeforeMs: context.userName === "slow" ? Date.now() + 600 : 0,
      }),
    });
    const stopping = gateway.stop();
    await gateway.until(() => gateway.readiness.missing().join() === "radius");
    const quick = requestOf({ userName: "quick" });
    bench.nas.send(quick, gateway.port);
    verified((await bench.nas.replies(1))[0], quick);
    const slow = requestOf({ userName: "slow" });
    bench.nas.send(slow, gateway.port);
    await stopping;
    verified((await bench.nas.replies(2, SILENCE_MS))[1], slow);
    bench.nas.send(requestOf(), gateway.port);
    expect(await bench.nas.replies(3, SILENCE_MS)).toHaveLength(2);
  });
});
