import { MessageChannel } from "node:worker_threads";
import { Unavailable } from "@portcullis/kit";
import { afterEach, describe, expect, it } from "vitest";
import { type Handlers, Peer } from "./peer.js";

const channels: MessageChannel[] = [];
afterEach(() => {
  for (const { port1, port2 } of channels.splice(0)) {
    port1.close();
    port2.close();
  }
});

function pairOf(handlers: Handlers) {
  const channel = new MessageChannel();
  channels.push(channel);
  const messages: unknown[] = [];
  channel.port2.on("message", (message: unknown) => messages.push(message));
  return { asking: new Peer(channel.port1, {}), answering: new Peer(channel.port2, handlers), messages };
}

describe("two threads", () => {
  it("get the answers to their own calls, whatever order they come in", async () => {
    const slow = Promise.withResolvers<string>();
    const { asking } = pairOf({ slow: () => slow.promise, twice: (one: number) => one * 2 });
    const late = asking.call("slow");
    expect(await Promise.all([asking.call("twice", 4), asking.call("twice", 5)])).toEqual([8, 10]);
    slow.resolve("now");
    expect(await late).toBe("now");
  });

  it("hear of what is away as such, and of everything else as a bug", async () => {
    const { asking } = pairOf({
      away: () => Promise.reject(new Unavailable("The store is away.")),
      broken: () => {
        throw new RangeError("A bug.");
      },
    });
    await expect(asking.call("away")).rejects.toBeInstanceOf(Unavailable);
    const bug = await asking.call("broken").catch((error: unknown) => error);
    expect(bug).toBeInstanceOf(Error);
    expect(bug).not.toBeInstanceOf(Unavailable);
    await expect(asking.call("unheard of")).rejects.toThrow("Nobody here answers to unheard of.");
  });

  it("send what is said in one turn as one message", async () => {
    const { asking, messages } = pairOf({ one: () => 1 });
    await Promise.all(Array.from({ length: 20 }, () => asking.call("one")));
    expect(messages).toHaveLength(1);
    expect(messages[0]).toHaveLength(20);
  });

  it("get the octets of a view and nothing of the memory around it", async () => {
    const got: Uint8Array[] = [];
    const { asking } = pairOf({
      take: (value: { readonly inside: readonly Uint8Array[] }) => got.push(...value.inside),
    });
    const around = Buffer.from("a secret beside the octets that are sent");
    await asking.call("take", { inside: [around.subarray(2, 8)] });
    expect(new TextDecoder().decode(got[0]?.buffer)).toBe("secret");
  });

  it("wait for nobody who is gone", async () => {
    const { asking } = pairOf({ never: () => new Promise(() => undefined) });
    const waiting = asking.call("never");
    asking.close();
    await expect(waiting).rejects.toBeInstanceOf(Unavailable);
    await expect(asking.call("never")).rejects.toBeInstanceOf(Unavailable);
  });
});
