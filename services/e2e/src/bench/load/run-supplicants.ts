import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { folderFor } from "@portcullis/testkit";
import type { LoadResult } from "./run-loadgen.js";

/** 802.1X logins with PEAP and MSCHAPv2, each with a whole TLS handshake and the check of the keys in the Accept. */
export interface SupplicantLoad {
  /** HOST:PORT; each supplicant keeps to one of them. */
  readonly servers: readonly string[];
  readonly secret: string;
  /** The address to send from. */
  readonly source: string;
  readonly userName: string;
  readonly password: string;
  /** PEM of what vouches for the server that ends the tunnels. */
  readonly certificateFile: string;
  /** Side by side; at most 256. */
  readonly supplicants: number;
  /** When nobody begins another login; each has begun one before. */
  readonly durationSeconds: number;
}

type Outcome = "accepted" | "rejected" | "lost";

interface Login {
  readonly outcome: Outcome;
  readonly elapsedMs: number;
}

/** A login without an end after that is lost; the exit code of `eapol_test` does not tell it from a rejected one. */
const LOST_AFTER_SECONDS = 10;
const NOT_COUNTED = {
  challenges: 0,
  unexpectedCodes: 0,
  badReplies: 0,
  strayReplies: 0,
  retransmissions: 0,
  socketErrors: 0,
};

/**
 * Each supplicant logs in again and again, a process of `eapol_test` each time, whose start counts to the login: `-r`, which repeats
 * within one process, sleeps 100 ms in front of each login but the first, so that no server could be told from another.
 */
export async function runSupplicants(load: SupplicantLoad): Promise<LoadResult> {
  const folder = folderFor("bench-supplicants", undefined);
  try {
    const file = join(folder.path, "supplicant.conf");
    writeFileSync(file, networkOf(load), { mode: 0o600 });
    const startedAt = performance.now();
    const endsAt = startedAt + load.durationSeconds * 1_000;
    const all = Array.from({ length: load.supplicants }, (_, index) =>
      logInUntil(endsAt, argumentsOf(load, file, index)),
    );
    const logins = (await Promise.all(all)).flat();
    return resultOf(logins, (performance.now() - startedAt) / 1_000);
  } finally {
    folder.dispose();
  }
}

async function logInUntil(endsAt: number, args: readonly string[]): Promise<Login[]> {
  const logins: Login[] = [];
  do {
    logins.push(await logIn(args));
  } while (performance.now() < endsAt);
  return logins;
}

function logIn(args: readonly string[]): Promise<Login> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn("eapol_test", args, { stdio: "ignore" });
    child.on("error", reject);
    child.on("close", (code) => {
      const elapsedMs = performance.now() - startedAt;
      const failed = elapsedMs < LOST_AFTER_SECONDS * 1_000 ? "rejected" : "lost";
      resolve({ outcome: code === 0 ? "accepted" : failed, elapsedMs });
    });
  });
}

function resultOf(logins: readonly Login[], elapsedSeconds: number): LoadResult {
  const count = (wanted: Outcome): number => logins.filter(({ outcome }) => outcome === wanted).length;
  const accepts = count("accepted");
  const sorted = logins.map(({ elapsedMs }) => elapsedMs).toSorted((one, other) => one - other);
  const at = (share: number): number => sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
  const times = { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
  return {
    ...NOT_COUNTED,
    accepts,
    rejects: count("rejected"),
    lost: count("lost"),
    endedBy: "duration",
    nextUser: 0,
    elapsedSeconds,
    loginsPerSecond: accepts / elapsedSeconds,
    loginMs: times,
    passwordRoundMs: times,
    codeRoundMs: times,
    // Not measured: the supplicants are other processes.
    cpuSeconds: Number.NaN,
    warmup: { ...NOT_COUNTED, accepts: 0, rejects: 0, lost: 0 },
  };
}

function argumentsOf({ servers, secret, source }: SupplicantLoad, file: string, index: number): string[] {
  const [host = "", port = ""] = (servers[index % servers.length] ?? "").split(":");
  const macAddress = `02:00:00:00:00:${index.toString(16).padStart(2, "0")}`;
  const server = ["-a", host, "-p", port, "-s", secret, "-A", source];
  return ["-c", file, ...server, "-M", macAddress, "-t", String(LOST_AFTER_SECONDS)];
}

function networkOf({ userName, password, certificateFile }: SupplicantLoad): string {
  return `network={
  key_mgmt=WPA-EAP
  eap=PEAP
  identity="${userName}"
  anonymous_identity="anonymous"
  password="${password}"
  phase2="auth=MSCHAPV2"
  ca_cert="${certificateFile}"
}
`;
}
