import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { eventually } from "../eventually.js";
import { isAlive } from "./process-tree.js";
import { startProcess } from "./started-process.js";

const node = (script: string, ...args: string[]) => ({ command: process.execPath, args: ["-e", script, ...args] });
const stayUp = "setInterval(() => {}, 1000);";

describe("startProcess", () => {
  it("is ready at the line that says so, and stops with the stop signal", async () => {
    const polite = `process.on("SIGTERM", () => process.exit(7)); console.log("listening on 1"); ${stayUp}`;
    await using child = await startProcess({ ...node(polite), readyWhen: /listening on \d/ });
    expect(child.output()).toEqual(["listening on 1"]);
    expect(await child.stop()).toEqual({ code: 7, signal: null, forced: false });
    expect(child.running).toBe(false);
  });

  it("kills what does not stop in time", async () => {
    const deaf = `process.on("SIGTERM", () => {}); console.log("up"); ${stayUp}`;
    await using child = await startProcess({ ...node(deaf), readyWhen: /up/, stopTimeoutMs: 100 });
    expect(await child.stop()).toEqual({ code: null, signal: "SIGKILL", forced: true });
  });

  it("kills and starts again, as another process", async () => {
    await using child = await startProcess({ ...node(`console.log("up"); ${stayUp}`), readyWhen: /up/ });
    const first = child.pid;
    expect((await child.kill()).signal).toBe("SIGKILL");
    expect(isAlive(first)).toBe(false);
    expect(() => child.pid).toThrow("is not running");
    await child.restart();
    expect(child.pid).not.toBe(first);
    expect(child.output()).toEqual(["up", "up"]);
  });

  it("reports the end of the output of what ends before it is ready", async () => {
    const failing = startProcess({
      ...node(`console.error("no such key"); process.exit(3)`),
      name: "gateway",
      readyWhen: /never/,
    });
    await expect(failing).rejects.toThrow(
      /gateway \(process \d+\) becomes ready: it ended with code 3; its last output:\n {2}no such key/,
    );
  });

  it("leaves nothing running when readiness does not come in time", async () => {
    let pid = 0;
    const late = startProcess({
      ...node(`console.log(process.pid); ${stayUp}`),
      readyTimeoutMs: 500,
      readyWhen: () => Promise.reject(new Error("refused")),
    });
    await late.catch((error: Error) => {
      expect(error.message).toContain("not within 500 ms; last: refused");
      pid = Number(/output:\n {2}(\d+)/.exec(error.message)?.[1]);
    });
    expect(pid).toBeGreaterThan(0);
    expect(isAlive(pid)).toBe(false);
  });

  it("says so when there is no such command", async () => {
    await expect(startProcess({ command: "/no/such/command", readyWhen: /x/ })).rejects.toThrow("/no/such/command");
  });

  it("hands on only what is named of the environment", async () => {
    process.env["PORTCULLIS_STRAY"] = "1";
    const script = `console.log(JSON.stringify([process.env.PORTCULLIS_STRAY, process.env.GIVEN])); ${stayUp}`;
    await using child = await startProcess({ ...node(script), env: { GIVEN: "2" }, readyWhen: /\[/ });
    delete process.env["PORTCULLIS_STRAY"];
    expect(child.output()).toEqual(['[null,"2"]']);
  });

  it("writes the log file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "portcullis-log-"));
    const logFile = join(folder, "log");
    await using child = await startProcess({ ...node(`console.log("up"); ${stayUp}`), readyWhen: /up/, logFile });
    expect(child.running).toBe(true);
    await eventually(async () => (await readFile(logFile, "utf8")) === "up\n", { what: "the line is in the log" });
    await rm(folder, { recursive: true });
  });
});

describe("children end with their parent", () => {
  // Run from source as everything else here: Node strips the types, the hook finds x.ts where x.js is imported.
  const parent = `
    import { registerHooks } from "node:module";
    registerHooks({ resolve: (name, context, next) => next(name.replace(/^([.].*)[.]js$/, "$1.ts"), context) });
    const { startProcess } = await import(process.argv[1]);
    const child = await startProcess({ command: "/bin/sleep", args: ["300"] });
    console.log("child " + child.pid);
    if (process.argv[2] === "exit") process.exit(0);
    ${stayUp}`;

  it.each(["SIGKILL", "SIGTERM", "SIGINT", "exit"] as const)("that ends by %s", async (how) => {
    const started = spawn(
      process.execPath,
      ["--input-type=module", "-e", parent, join(import.meta.dirname, "started-process.ts"), how],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    const exited = new Promise((resolve) => started.once("exit", resolve));
    let printed = "";
    started.stdout.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
    });
    const child = await eventually(() => Number(/child (\d+)\n/.exec(printed)?.[1]) || undefined, { what: "child" });
    if (how !== "exit") started.kill(how);
    await exited;
    if (how !== "exit") expect(started.signalCode).toBe(how);
    await eventually(() => !isAlive(child), { what: `process ${child} has ended` });
  });
});
