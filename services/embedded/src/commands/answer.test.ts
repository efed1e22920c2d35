import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { answerCommand } from "./answer.js";

const id = (beginning: string): string => beginning.padEnd(32, "0");

function login(beginning: string, changed: object = {}) {
  const usual = { userId: id("a"), client: "vpn", userName: "alice", station: "pc-1", sourceAddress: "127.0.0.1" };
  return { loginId: id(beginning), ...usual, sinceMs: 0, expiresAtMs: Date.now() + 60_000, ...changed };
}

describe("portcullis answer", () => {
  let server: Server;
  let list: { logins: readonly object[]; more: boolean };
  /** What is there besides the list. */
  let others: readonly ReturnType<typeof login>[];
  let answered: string[];
  let printed: string;

  beforeEach(async () => {
    [list, others, answered, printed] = [{ logins: [], more: false }, [], [], ""];
    server = createServer(({ method, url = "" }, response) => {
      const [, wanted] = /^\/internal\/held-logins\/([0-9a-f]+)/.exec(url) ?? [];
      const found = [...(list.logins as (typeof others)[number][]), ...others].find((one) => one.loginId === wanted);
      if (method === "POST" && wanted !== undefined) answered.push(wanted);
      if (wanted === undefined) response.end(JSON.stringify(list));
      else if (found === undefined) response.writeHead(404).end("{}");
      else if (method === "POST") response.writeHead(202).end();
      else response.end(JSON.stringify(found));
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
    await answerCommand().parseAsync([...args, "--url", url], { from: "user" });
    return printed;
  }

  it("says when more logins wait than it lists", async () => {
    list = { logins: [login("abc")], more: false };
    expect(await run()).not.toContain("More logins wait");
    list = { logins: [login("abc")], more: true };
    expect(await run()).toContain("More logins wait than are listed.");
  });

  it("answers by a whole id what is not listed, and guesses nothing by its beginning or its age", async () => {
    list = { logins: [login("abc")], more: true };
    others = [login("abd")];
    await expect(run("abc", "--approve")).rejects.toThrow("give the whole id");
    await expect(run("--newest", "--approve")).rejects.toThrow("give the whole id");
    await expect(run(id("abe"), "--approve")).rejects.toThrow("No login whose id begins with");
    expect(answered).toEqual([]);
    expect(await run(id("ABD"), "--approve")).toContain(`Approved: alice at vpn (${id("abd")})`);
    expect(answered).toEqual([id("abd")]);
  });

  it("shows whom the target named, with the name that the request had beside it", async () => {
    list = { logins: [login("abc", { userName: "anonymous", provenName: "alice" })], more: false };
    expect(await run()).toMatch(/^abc00000 +alice \(as anonymous\) +vpn /m);
    printed = "";
    expect(await run("abc", "--approve")).toContain("Approved: alice (as anonymous) at vpn");
  });

  it("answers by the beginning of an id where all are listed", async () => {
    list = { logins: [login("abc"), login("abd")], more: false };
    await expect(run("ab", "--deny")).rejects.toThrow("2 logins begin with ab");
    expect(await run("abd", "--deny")).toContain("Denied: alice at vpn");
    expect(answered).toEqual([id("abd")]);
  });
});
