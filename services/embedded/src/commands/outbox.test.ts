import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { outboxCommand } from "./outbox.js";

const entry = (id: number, change: object = {}) => ({
  id,
  kind: "text",
  atMs: Date.UTC(2026, 10, 25, 18, 5, 7),
  to: "+4930123456",
  subject: "",
  state: "sent",
  lines: ["482915 is your code."],
  challengeId: "c",
  ...change,
});

describe("portcullis outbox", () => {
  let server: Server;
  let entries: ReturnType<typeof entry>[];
  let told: unknown[];
  let printed: string;

  beforeEach(async () => {
    [entries, told, printed] = [[], [], ""];
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on("end", () => {
        if (request.method === "GET") {
          const after = Number(new URL(request.url ?? "", "http://x").searchParams.get("after"));
          response.end(JSON.stringify({ entries: entries.filter(({ id }) => id > after) }));
          return;
        }
        const action = JSON.parse(body) as { id?: number };
        told.push(action);
        const found = action.id === undefined ? entries.at(-1) : entries.find(({ id }) => id === action.id);
        if (found === undefined) response.writeHead(404).end("{}");
        else response.end(JSON.stringify(found));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      printed += String(text);
      return true;
    });
  });

  afterEach(async () => {
    vi.restoreAllMocks();
    await new Promise((resolve) => server.close(resolve));
  });

  async function run(...args: string[]): Promise<string> {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await outboxCommand().parseAsync([...args, "--url", url], { from: "user" });
    return printed;
  }

  it("shows what there is, and what can be done with it", async () => {
    expect(await run()).toContain("Nothing was called");
    printed = "";
    entries = [
      entry(1),
      entry(2, { kind: "mail", to: "a@corp.example", subject: "Fraud", lines: ["x", "", "y"] }),
      entry(3, { kind: "call", state: "ringing", lines: ["Press #."] }),
      entry(4, { kind: "call", state: "ended", lines: ["Goodbye."] }),
    ];
    expect(await run()).toBe(
      [
        "18:05:07Z  #1 TEXT to +4930123456",
        "    482915 is your code.",
        "    (portcullis outbox --reply TEXT)",
        "",
        "18:05:07Z  #2 MAIL to a@corp.example",
        "    Subject: Fraud",
        "",
        "    x",
        "",
        "    y",
        "",
        "18:05:07Z  #3 CALL to +4930123456, ringing",
        "    Press #.",
        "    (portcullis outbox --press KEYS)",
        "",
        "18:05:07Z  #4 CALL to +4930123456, ended",
        "    Goodbye.",
        "",
        "",
      ].join("\n"),
    );
    printed = "";
    expect(JSON.parse(await run("--json"))).toEqual({ entries });
  });

  it("does what it is told with the newest entry, or with a certain one", async () => {
    entries = [entry(7), entry(8)];
    await run("--press", "1234#");
    await run("7", "--reply", "482915");
    await run("#8", "--hang-up");
    await run("--busy");
    expect(told).toEqual([{ press: "1234#" }, { reply: "482915", id: 7 }, { end: "hang-up", id: 8 }, { end: "busy" }]);
  });

  it("says when nobody waits for it, and what is missing", async () => {
    await expect(run("--press", "#")).rejects.toThrow("no open call or text");
    await expect(run("7")).rejects.toThrow("What is to be done");
    await expect(run("seven", "--busy")).rejects.toThrow("not the number of an entry");
    expect(told).toEqual([{ press: "#" }]);
  });
});
