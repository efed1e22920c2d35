import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type StartedProcess, startProcess } from "@portcullis/testkit";
import { type Distributed, startDistributed } from "../distributed/distributed.js";
import type { ServiceName } from "../distributed/service-process.js";
import { freeUdpPort } from "./free-udp-port.js";
import { PORTCULLIS } from "./portcullis.js";
import { testConfiguration, testUsersFile } from "./test-configuration.js";

/** The whole product, in one mode or the other, as a RADIUS client and an operator see it. */
export interface ProductUnderTest {
  /** Two RADIUS ports on 127.0.0.1: two gateways, or two listeners of one process. */
  readonly ports: readonly [number, number];
  /** The same of accounting; embedded only where the configuration opens them. */
  readonly accountingPorts: readonly [number, number];
  /** The stores, to be killed; embedded there are none. */
  readonly stores?: Distributed["stores"];
  /** Where the device API is: of each replica of mobile, or what `http.listen` of the embedded product opens. */
  readonly deviceUrls: readonly string[];
  /** `portcullis.yaml`, to be changed while the product runs. */
  readonly configurationFile: string;
  /** The key ring of all its processes. */
  readonly keysFile: string;
  /** For the internal interface; embedded there is none. */
  readonly apiKeyFile?: string;
  /** Where the embedded product keeps everything. */
  readonly dataFolder?: string;
  /** The database of the distributed product. */
  readonly databaseUrl?: string;
  /** Files to which everything goes that the product prints. */
  readonly logFolder: string;
  /** What the command line needs to reach each replica of a service; embedded, all services are one process. */
  reach(service: ServiceName): readonly (readonly string[])[];
  /** Asks the internal interface that has `/internal/audit`. */
  get(path: string): Promise<unknown>;
  /** Asks the internal interface of a service, or tells it something; of several replicas the first that answers. */
  call(service: ServiceName, path: string, message?: object): Promise<Answered>;
  /** What can be killed and started again, replica by replica; embedded, the one process. */
  processesOf(service: ServiceName): readonly StartedProcess[];
  /** Every line that the product has logged. */
  logged(): readonly string[];
  stop(): Promise<void>;
}

interface Answered {
  readonly status: number;
  readonly body: string;
}

interface ProductOptions {
  /**
   * Text of `portcullis.yaml`.
   * @param listen UDP ports of the embedded product; the distributed one is told otherwise
   * @param accounting the same of accounting
   */
  readonly configuration: (listen: readonly number[], accounting: readonly number[]) => string;
  /** Text of the `users.csv` beside it. */
  readonly usersFile: string;
  /** UDP ports on 127.0.0.1; any when left out. */
  readonly ports?: { readonly radius: readonly [number, number]; readonly accounting: readonly [number, number] };
  /** Of each service of the distributed product; 2 when left out. With one, the second of two ports is nobody's. */
  readonly replicas?: number;
  /** Further variables for every process of the product. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts the product in one mode or the other. */
export type StartProduct = (options?: ProductOptions) => Promise<ProductUnderTest>;

export interface AuditState {
  readonly intact: boolean;
  readonly rows: number;
}

const READY_TIMEOUT_MS = 60_000;
const CALL_TIMEOUT_MS = 10_000;
const LOGIN_TESTS: ProductOptions = { configuration: testConfiguration, usersFile: testUsersFile() };

/** The embedded product as a user starts it: `portcullis run`. Needs the build. */
export async function startEmbeddedProduct(options = LOGIN_TESTS): Promise<ProductUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-embedded-"));
  const { radius: ports, accounting: accountingPorts } = options.ports ?? {
    radius: [await freeUdpPort(), await freeUdpPort()],
    accounting: [await freeUdpPort(), await freeUdpPort()],
  };
  const file = join(folder, "portcullis.yaml");
  writeFileSync(file, options.configuration(ports, accountingPorts), { mode: 0o600 });
  writeFileSync(join(folder, "users.csv"), options.usersFile);
  const logFolder = join(folder, "logs");
  mkdirSync(logFolder);
  const logFile = join(logFolder, "portcullis.log");
  const data = join(folder, "data");
  const process = await startProcess({
    name: "portcullis",
    command: globalThis.process.execPath,
    args: [PORTCULLIS, "run", "--config", file, "--data", data],
    env: options.environment ?? {},
    logFile,
    readyWhen: /"product\.ready"/,
    readyTimeoutMs: READY_TIMEOUT_MS,
    stopTimeoutMs: 20_000,
  });
  return {
    ports,
    accountingPorts,
    deviceUrls: httpAddressesIn(process.output()),
    configurationFile: file,
    keysFile: join(data, "keys.json"),
    dataFolder: data,
    logFolder,
    reach: () => [["--data", data]],
    get: async (path) => JSON.parse((await callSocket(data, path)).body) as unknown,
    call: (_service, path, message) => callSocket(data, path, message),
    processesOf: () => [process],
    logged: () => readFileSync(logFile, "utf8").split("\n"),
    stop: async () => {
      await process.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The distributed product: real Kafka, Redis and PostgreSQL, two replicas of each service. */
export async function startDistributedProduct(options = LOGIN_TESTS): Promise<ProductUnderTest> {
  const { usersFile, ports, replicas = 2, environment = {} } = options;
  const configuration = options.configuration([], []);
  const distributed = await startDistributed({
    configuration,
    usersFile,
    environment,
    replicas,
    ...(ports && { ports }),
  });
  const [first = 0, second = 0] = distributed.radiusPorts;
  const [firstAccounting = 0, secondAccounting = 0] = distributed.accountingPorts;
  const key = readFileSync(distributed.installation.apiKeyFile, "utf8");
  const { logFolder } = distributed.installation;
  const call: ProductUnderTest["call"] = async (service, path, message) => {
    const running = distributed.replicasOf(service).find(({ process }) => process.running);
    if (running === undefined) throw new Error(`no ${service} is running`);
    return callHttp(running.httpUrl + path, key, message);
  };
  return {
    ports: [first, second],
    accountingPorts: [firstAccounting, secondAccounting],
    stores: distributed.stores,
    deviceUrls: distributed.replicasOf("mobile").map(({ httpUrl }) => httpUrl),
    configurationFile: distributed.installation.configurationFile,
    keysFile: distributed.installation.keysFile,
    apiKeyFile: distributed.installation.apiKeyFile,
    databaseUrl: distributed.installation.databaseUrl,
    logFolder,
    reach: (service) =>
      distributed
        .replicasOf(service)
        .map(({ httpUrl }) => ["--url", httpUrl, "--api-key-file", distributed.installation.apiKeyFile]),
    get: async (path) => JSON.parse((await call("fraud-reporter", path)).body) as unknown,
    call,
    processesOf: (service) => distributed.replicasOf(service).map(({ process }) => process),
    logged: () => readdirSync(logFolder).flatMap((name) => readFileSync(join(logFolder, name), "utf8").split("\n")),
    stop: () => distributed.stop(),
  };
}

/** What the product says of where devices reach it, when it is ready. */
function httpAddressesIn(log: readonly string[]): readonly string[] {
  const ready = log.find((line) => line.includes('"product.ready"'));
  return ready === undefined ? [] : (JSON.parse(ready) as { readonly http: readonly string[] }).http;
}

export async function auditState(product: Pick<ProductUnderTest, "get">): Promise<AuditState> {
  return (await product.get("/internal/audit/verify")) as AuditState;
}

async function callHttp(url: string, key: string, message?: object): Promise<Answered> {
  const headers = { authorization: `Bearer ${key}`, ...(message && { "content-type": "application/json" }) };
  const signal = AbortSignal.timeout(CALL_TIMEOUT_MS);
  const body = message && { method: "POST", body: JSON.stringify(message) };
  const response = await fetch(url, { headers, signal, ...body });
  return { status: response.status, body: await response.text() };
}

function callSocket(data: string, path: string, message?: object): Promise<Answered> {
  const headers = message && { "content-type": "application/json" };
  const options = { socketPath: join(data, "portcullis.sock"), path, method: message ? "POST" : "GET" };
  return new Promise((answered, reject) => {
    const call = request({ ...options, ...(headers && { headers }), timeout: CALL_TIMEOUT_MS }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
      });
      response.on("end", () => answered({ status: response.statusCode ?? 0, body }));
    });
    call.on("error", reject);
    call.end(message && JSON.stringify(message));
  });
}
