import { createSocket } from "node:dgram";
import {
  Code,
  decryptUserPassword,
  loopRefusalAttributes,
  octetsOf,
  SharedSecret,
  stateAttribute,
} from "@portcullis/radius";
import { eventually } from "@portcullis/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { type Handler, handmadeReply, replyTo } from "./testing/fake-target.js";
import { accept, idOf, SECRET, StartedTargets, silent, TAG, TargetUnderTest } from "./testing/target-under-test.js";

const OTHER = new SharedSecret("another secret");
const started = new StartedTargets();
const target = (handler: Handler) => started.target(handler);
const clientOf = (...parts: ConstructorParameters<typeof TargetUnderTest>) => started.clientOf(...parts);

afterEach(() => started.stop());

function bitTurned(octets: Uint8Array, at: number): Buffer {
  const copy = Buffer.from(octets);
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
}

describe("one exchange", () => {
  it("sends the attributes with the password hidden and our tag last, and gives the reply's in clear", async () => {
    const server = await target((request, answer) =>
      answer(
        replyTo(request, Code.AccessChallenge, [
          stateAttribute(Buffer.from("s1")),
          { type: 18, value: Buffer.from("?") },
        ]),
      ),
    );
    const client = clientOf([server]);
    expect(await client.exchange()).toEqual({
      kind: "reply",
      code: Code.AccessChallenge,
      attributes: octetsOf([stateAttribute(Buffer.from("s1")), { type: 18, value: Buffer.from("?") }]),
      server: idOf(server),
    });
    const packet = server.requests[0]?.packet;
    expect(packet?.attributes().map(({ type }) => type)).toEqual([80, 1, 2, 33]);
    expect(packet?.all(33)).toEqual([TAG]);
    const hidden = packet?.first(2) ?? new Uint8Array();
    expect(
      Buffer.from(decryptUserPassword(hidden, SECRET, packet?.authenticator ?? TAG) as Uint8Array).toString(),
    ).toBe("geheim");
    expect(client.told).toEqual(["state alive", "sent 1 1", `reply ${Code.AccessChallenge}`]);
  });

  it("sends the same octets again from the same port until there is a reply", async () => {
    const seen: string[] = [];
    const server = await target((request, answer, { port }) => {
      seen.push(`${port} ${Buffer.from(request.packet.octets).toString("hex")}`);
      if (seen.length === 3) answer(replyTo(request));
    });
    expect(await clientOf([server]).exchange()).toMatchObject({ kind: "reply" });
    expect([seen.length, new Set(seen).size]).toEqual([3, 1]);
  });

  it("takes a reply that is sent twice once", async () => {
    const server = await target((request, answer) => {
      answer(replyTo(request));
      answer(replyTo(request));
    });
    const client = clientOf([server]);
    expect(await client.exchange()).toMatchObject({ kind: "reply" });
    await eventually(() => client.count("ignored nobody-waits") === 1, { what: "the second reply is ignored" });
  });

  it("is unavailable when nobody answers, at the deadline or after the response window", async () => {
    const server = await target(silent);
    const client = clientOf([server]);
    expect(await client.exchange({ deadlineMs: Date.now() + 60 })).toEqual({ kind: "unavailable" });
    const startedMs = Date.now();
    expect(await client.exchange()).toEqual({ kind: "unavailable" });
    expect(Date.now() - startedMs).toBeGreaterThanOrEqual(240);
    expect(client.count("sent 1 3")).toBe(1);
    expect(client.count("timeout")).toBe(2);
  });

  it("is unavailable past its deadline, too big beyond 4096 octets, and then sends nothing", async () => {
    const server = await target(accept);
    const client = clientOf([server]);
    expect(await client.exchange({ deadlineMs: Date.now() - 1 })).toEqual({ kind: "unavailable" });
    const attributes = octetsOf(Array.from({ length: 16 }, () => ({ type: 25, value: new Uint8Array(253) })));
    expect(await client.exchange({ attributes })).toEqual({ kind: "too-big" });
    await expect(client.exchange({ attributes: Uint8Array.of(1) })).rejects.toThrow("attribute-overrun");
    expect([server.requests.length, await client.exchange().then(({ kind }) => kind)]).toEqual([0, "reply"]);
  });

  it("says loop when the target reports that the request came back to us", async () => {
    const server = await target((request, answer) =>
      answer(replyTo(request, Code.AccessReject, loopRefusalAttributes())),
    );
    expect(await clientOf([server]).exchange()).toEqual({ kind: "loop" });
  });

  it("forwards an Accounting-Request", async () => {
    const server = await target((request, answer) => answer(replyTo(request, Code.AccountingResponse)));
    const attributes = octetsOf([{ type: 40, value: Uint8Array.of(0, 0, 0, 1) }]);
    expect(await clientOf([server]).exchange({ code: Code.AccountingRequest, attributes })).toMatchObject({
      kind: "reply",
      code: Code.AccountingResponse,
    });
  });
});

describe("a reply that is not valid", () => {
  it("settles nothing and moves no timer; the right one behind it does", async () => {
    let times = 0;
    const server = await target((request, answer) => {
      const good = replyTo(request);
      const forged = replyTo({ ...request, secret: OTHER }, Code.AccessAccept);
      for (const bad of [bitTurned(good, 1), bitTurned(good, 4), bitTurned(good, 25), forged, Buffer.from([2])])
        answer(bad);
      times++;
      if (times === 3) answer(good);
    });
    const client = clientOf([server]);
    const startedMs = Date.now();
    expect(await client.exchange()).toMatchObject({ kind: "reply", code: Code.AccessAccept });
    // The waits are 40 and 80 ms, a tenth shorter or longer.
    expect(Date.now() - startedMs).toBeGreaterThanOrEqual(100);
    expect(times).toBe(3);
    expect(client.count("ignored response-authenticator-wrong")).toBeGreaterThanOrEqual(6);
    expect(client.count("ignored nobody-waits")).toBeGreaterThanOrEqual(4);
  });

  it("comes from another port, and never arrives", async () => {
    const stranger = createSocket("udp4");
    const server = await target((request, _answer, from) => stranger.send(replyTo(request), from.port, from.address));
    const client = clientOf([server]);
    expect(await client.exchange()).toEqual({ kind: "unavailable" });
    expect(client.told.filter((line) => line.startsWith("ignored"))).toEqual([]);
    stranger.close();
  });

  it("has not exactly our Proxy-State", async () => {
    for (const states of [[], [Buffer.from("x")], [TAG, TAG]]) {
      const attributes = octetsOf(states.map((value) => ({ type: 33, value })));
      const server = await target((request, answer) =>
        answer(handmadeReply(request, { attributes, messageAuthenticator: true })),
      );
      const client = clientOf([server]);
      expect(await client.exchange()).toEqual({ kind: "unavailable" });
      expect(client.count(`ignored proxy-state-${states.length === 0 ? "missing" : "other"}`)).toBe(3);
    }
  });

  it("has a hidden value that cannot be", async () => {
    const server = await target((request, answer) =>
      answer(replyTo(request, Code.AccessAccept, [{ type: 69, value: Uint8Array.of(1, 0x80) }])),
    );
    const client = clientOf([server]);
    expect(await client.exchange()).toEqual({ kind: "unavailable" });
    expect(client.count("ignored hidden-length")).toBe(3);
  });
});

describe("Message-Authenticator in replies", () => {
  const unsigned: Handler = (request, answer) => {
    const attributes = octetsOf([{ type: 33, value: TAG }]);
    answer(handmadeReply(request, { attributes, messageAuthenticator: false }));
  };

  it("is required with yes, and not with no", async () => {
    const server = await target(unsigned);
    const strict = clientOf([{ port: server.port, requireMessageAuthenticator: "yes" }]);
    expect(await strict.exchange()).toEqual({ kind: "unavailable" });
    expect(strict.count("ignored message-authenticator-missing")).toBe(3);
    const lax = clientOf([{ port: server.port, requireMessageAuthenticator: "no" }]);
    expect(await lax.exchange()).toMatchObject({ kind: "reply" });
    server.handler = accept;
    await lax.exchange();
    server.handler = unsigned;
    expect(await lax.exchange()).toMatchObject({ kind: "reply" });
  });

  it("is required with auto as soon as one reply without EAP had one, and that is told once", async () => {
    const server = await target(unsigned);
    const client = clientOf([{ port: server.port, requireMessageAuthenticator: "auto" }]);
    expect(await client.exchange()).toMatchObject({ kind: "reply" });
    server.handler = (request, answer) =>
      answer(replyTo(request, Code.AccessChallenge, [{ type: 79, value: Uint8Array.of(1, 2, 0, 4) }]));
    await client.exchange();
    expect(client.learnt).toEqual([]);
    server.handler = accept;
    await client.exchange();
    await client.exchange();
    expect(client.learnt).toEqual([idOf(server)]);
    server.handler = unsigned;
    expect(await client.exchange()).toEqual({ kind: "unavailable" });
  });

  it("is required with auto from the start where it had been learnt before", async () => {
    const server = await target(unsigned);
    const known = { port: server.port, requireMessageAuthenticator: "auto", messageAuthenticatorLearnt: true } as const;
    const client = clientOf([known]);
    expect(await client.exchange()).toEqual({ kind: "unavailable" });
    expect(client.learnt).toEqual([]);
  });
});

describe("options that cannot be", () => {
  it("are refused", () => {
    expect(() => new TargetUnderTest([])).toThrow(RangeError);
    expect(() => new TargetUnderTest([{ port: 1812 }, { port: 1812 }])).toThrow("a server twice");
    expect(() => new TargetUnderTest([{ port: 1812 }], { maxOutstanding: 8000 })).toThrow(RangeError);
  });
});
