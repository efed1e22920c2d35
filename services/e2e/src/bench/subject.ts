import type { LoadMode } from "./load/run-loadgen.js";

/** A RADIUS server under test. It tells the workloads apart by the address that they come from. */
export interface Subject {
  readonly name: string;
  /** False for what works by itself while nobody asks (heartbeats of brokers): it is measured alone on the machine. */
  readonly restsWhenIdle: boolean;
  readonly workloads: readonly WorkloadName[];
  /** Starts it with all users known, and waits until it answers. */
  start(): Promise<RunningSubject>;
  /** Ends it and removes its data; may follow a start that failed. */
  stop(): Promise<void>;
}

export interface RunningSubject {
  /** HOST:PORT of each RADIUS listener. */
  readonly servers: readonly string[];
  readonly secret: string;
  /** The processes whose time is counted, by kind ("server"; "services", "stores"); their children are counted with them. */
  pids(): ReadonlyMap<string, readonly number[]>;
  /** Where its metrics are: `http://HOST:PORT/metrics` or `unix:/path/of/socket:/metrics`. */
  readonly metricsUrls: readonly string[];
}

/** The RADIUS servers behind, on 127.0.0.1: the same for everybody who is measured. */
export interface Home {
  /** Lets everybody in. */
  readonly port: number;
  /** Ends PEAP. */
  readonly tunnelPort: number;
  /** Who comes in there, and the PEM of what vouches for it. */
  readonly tunnels: { readonly userName: string; readonly password: string; readonly certificateFile: string };
}

/** The name of the server that the product is measured beside. */
export const PEER = "FreeRADIUS";

/** What is asked of a server. */
export interface Workload {
  readonly title: string;
  /** `peap`: by supplicants instead of the load generator, which knows no TLS. */
  readonly mode: LoadMode | "peap";
  /** The address that the load comes from. */
  readonly source: string;
  readonly users: "codes" | "passwords";
}

export type WorkloadName = "pap" | "totp" | "proxied" | "peap" | "local";

export const WORKLOADS: Readonly<Record<WorkloadName, Workload>> = {
  pap: { title: "PAP only", mode: "pap", source: "127.0.0.2", users: "codes" },
  totp: { title: "Password, challenge, TOTP", mode: "totp", source: "127.0.0.1", users: "codes" },
  proxied: { title: "PAP, checked by a RADIUS server behind", mode: "pap", source: "127.0.0.4", users: "codes" },
  peap: {
    title:
      "PEAP-MSCHAPv2, ended by a RADIUS server behind (a process of eapol_test for each login, its start included)",
    mode: "peap",
    source: "127.0.0.5",
    users: "codes",
  },
  local: { title: "Local passwords (argon2id)", mode: "pap", source: "127.0.0.3", users: "passwords" },
};

export const SHARED_SECRET = "benchmark-shared-secret";
