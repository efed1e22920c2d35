import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@portcullis/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BenchUsers, createUsers } from "../bench-users.js";
import { buildLoadgen } from "../load/build-loadgen.js";
import { runLoadgen } from "../load/run-loadgen.js";
import { runSupplicants } from "../load/run-supplicants.js";
import { type RunningSubject, WORKLOADS } from "../subject.js";
import { UserRanges } from "../user-ranges.js";
import { FreeradiusSubject } from "./freeradius-subject.js";
import { HomeServer } from "./home-server.js";

const USERS = 50;

let folder: string;
let users: BenchUsers;
let home: HomeServer;
let subject: FreeradiusSubject;
let running: RunningSubject;
let program: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "portcullis-freeradius-"));
  users = createUsers(folder, "user", USERS);
  program = await buildLoadgen();
  home = await HomeServer.start();
  subject = new FreeradiusSubject({ users, home });
  running = await subject.start();
});

afterAll(async () => {
  await subject.stop();
  await home.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function load(workload: "pap" | "totp" | "proxied", more: { wrongCode?: boolean } = {}) {
  const { source } = WORKLOADS[workload];
  const mode = workload === "totp" ? "totp" : "pap";
  // Waits when a new code is about to begin.
  await new UserRanges(USERS).take(USERS, 1_000);
  const { servers, secret } = running;
  const limits = { inFlight: 8, logins: USERS, requireMessageAuthenticator: true };
  return await runLoadgen({ program, servers, secret, usersPath: users.loadPath, mode, source, ...limits, ...more });
}

describe("FreeRADIUS as the peer of the benchmark", () => {
  it("does two rounds and verifies the code", async () => {
    expect(await load("totp")).toMatchObject({ accepts: USERS, challenges: USERS, rejects: 0, lost: 0, badReplies: 0 });
  });

  it("rejects a wrong code", async () => {
    expect(await load("totp", { wrongCode: true })).toMatchObject({ accepts: 0, challenges: USERS, rejects: USERS });
  });

  it("accepts a password at once where no second factor is asked for", async () => {
    expect(await load("pap")).toMatchObject({ accepts: USERS, challenges: 0, rejects: 0, lost: 0, badReplies: 0 });
  });

  it("passes a password on to the server behind", async () => {
    expect(await load("proxied")).toMatchObject({ accepts: USERS, challenges: 0, rejects: 0, lost: 0, badReplies: 0 });
  });

  it("passes PEAP on to the server that ends it, and counts who is let in, who is not, and who hears nothing", async () => {
    const { servers, secret } = running;
    const supplicants = { servers, secret, ...home.tunnels, source: WORKLOADS.peap.source };
    const good = await runSupplicants({ ...supplicants, supplicants: 2, durationSeconds: 0 });
    expect(good).toMatchObject({ accepts: 2, rejects: 0, lost: 0 });
    const bad = await runSupplicants({ ...supplicants, password: "other", supplicants: 2, durationSeconds: 0 });
    expect(bad).toMatchObject({ accepts: 0, rejects: 2, lost: 0, loginsPerSecond: 0 });
    const nobody = { ...supplicants, servers: [`127.0.0.1:${await freePort()}`], supplicants: 1, durationSeconds: 0 };
    expect(await runSupplicants(nobody)).toMatchObject({ accepts: 0, rejects: 0, lost: 1 });
  });
});
