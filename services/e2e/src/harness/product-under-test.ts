import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProcess } from "@portcullis/testkit";
import { startDistributed } from "../distributed/distributed.js";
import type { ServiceName } from "../distributed/service-process.js";
import { freeUdpPort } from "./free-udp-port.js";
import { PORTCULLIS } from "./portcullis.js";
import { testConfiguration, testUsersFile } from "./test-configuration.js";

/** The whole product, in one mode or the other, as a RADIUS client and an operator see it. */
export interface ProductUnderTest {
  /** Two RADIUS ports on 127.0.0.1: two gateways, or two listeners of one process. */
  readonly ports: readonly [number, number];
  /** `portcullis.yaml`, to be changed while the product runs. */
  readonly configurationFile: string;
  /** What the command line needs to reach each replica of a service; embedded, all services are one process. */
  reach(service: ServiceName): readonly (readonly string[])[];
  /** Asks the internal interface that has `/internal/audit`. */
  get(path: string): Promise<unknown>;
  stop(): Promise<void>;
}

export interface AuditState {
  readonly intact: boolean;
  readonly rows: number;
}

const READY_TIMEOUT_MS = 60_000;

/** The embedded product as a user starts it: `portcullis run`. Needs the build. */
export async function startEmbeddedProduct(): Promise<ProductUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-embedded-"));
  const ports: [number, number] = [await freeUdpPort(), await freeUdpPort()];
  const file = join(folder, "portcullis.yaml");
  writeFileSync(file, testConfiguration(ports), { mode: 0o600 });
  writeFileSync(join(folder, "users.csv"), testUsersFile());
  const data = join(folder, "data");
  const process = await startProcess({
    name: "portcullis",
    command: globalThis.process.execPath,
    args: [PORTCULLIS, "run", "--config", file, "--data", data],
    logFile: join(folder, "portcullis.log"),
    readyWhen: /"product\.ready"/,
    readyTimeoutMs: READY_TIMEOUT_MS,
    stopTimeoutMs: 20_000,
  });
  return {
    ports,
    configurationFile: file,
    reach: () => [["--data", data]],
    get: (path) => getJson({ socketPath: join(data, "portcullis.sock"), path }),
    stop: async () => {
      await process.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The distributed product: real Kafka, Redis and PostgreSQL, two replicas of each service. */
export async function startDistributedProduct(): Promise<ProductUnderTest> {
  const distributed = await startDistributed({ configuration: testConfiguration([]), usersFile: testUsersFile() });
  const [first = 0, second = 0] = distributed.radiusPorts;
  const key = readFileSync(distributed.installation.apiKeyFile, "utf8");
  const url = distributed.replicasOf("fraud-reporter")[0]?.httpUrl ?? "";
  return {
    ports: [first, second],
    configurationFile: distributed.installation.configurationFile,
    reach: (service) =>
      distributed
        .replicasOf(service)
        .map(({ httpUrl }) => ["--url", httpUrl, "--api-key-file", distributed.installation.apiKeyFile]),
    get: async (path) => {
      const response = await fetch(url + path, { headers: { authorization: `Bearer ${key}` } });
      return response.json();
    },
    stop: () => distributed.stop(),
  };
}

export async function auditState(product: Pick<ProductUnderTest, "get">): Promise<AuditState> {
  return (await product.get("/internal/audit/verify")) as AuditState;
}

function getJson(options: { socketPath: string; path: string }): Promise<unknown> {
  return new Promise((resolveJson, reject) => {
    const call = request(options, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
      });
      response.on("end", () => resolveJson(JSON.parse(body)));
    });
    call.on("error", reject);
    call.end();
  });
}
