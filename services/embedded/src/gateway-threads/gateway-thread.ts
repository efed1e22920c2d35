// The thread of a gateway: sockets, packets and their cryptography. What is pending and the events are another thread's.
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { fromBinary } from "@bufbuild/protobuf";
import {
  createApplication,
  createEventMetrics,
  type Databases,
  InProcessBus,
  InProcessServer,
  type KeyRing,
  type Log,
  type Platform,
  PooledRandom,
  Readiness,
  Sealer,
  systemClock,
  Tracing,
} from "@portcullis/kit";
import { PendingStoreModule } from "@portcullis/login";
import { ClientChangedSchema } from "@portcullis/proto";
import { ClientUsage, RadiusGatewayModule } from "@portcullis/radius-gateway";
import { Registry } from "prom-client";
import { Peer } from "./peer.js";
import { RemoteBus } from "./remote-bus.js";
import { RemoteExchangeStore, WakeHandlers } from "./remote-exchange-store.js";
import { remoteLog } from "./remote-log.js";
import type { ThreadSetup, ThreadStart } from "./thread-setup.js";

const READY_POLL_MS = 20;
const NO_DATABASES: Databases = {
  open: () => Promise.reject(new Error("A gateway has no tables.")),
  holdLock: () => Promise.reject(new Error("A gateway holds no locks.")),
  close: () => Promise.resolve(),
};

if (parentPort === null) throw new Error("This is the thread of a gateway, and nothing to start by itself.");
await runGateway(parentPort, workerData as ThreadSetup);

async function runGateway(port: MessagePort, setup: ThreadSetup): Promise<void> {
  const metrics = new Registry();
  const readiness = new Readiness();
  const tracing = new Tracing(setup.tracing);
  const states = new InProcessBus();
  const wakes = new WakeHandlers();
  let mayServe = false;
  readiness.add("owner", () => mayServe);
  const peer: Peer = new Peer(port, {
    ...wakes.handlers(),
    start: () => start(),
    state: (key: string, state: Uint8Array | undefined) =>
      states.publishState(ClientChangedSchema, key, state && fromBinary(ClientChangedSchema, state)),
    keys: (ring: KeyRing) => app.get(Sealer).take(ring),
    serve: async () => {
      mayServe = true;
      while (readiness.missing().length > 0) await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS));
    },
    metrics: () => metrics.getMetricsAsJSON(),
    usage: () => app.get(ClientUsage, { strict: false }).snapshot(),
    stop: async () => {
      await app.close();
      await tracing.close();
    },
    leave: () => {
      peer.close();
      port.close();
    },
  });
  const log: Log = remoteLog(() => peer);
  const platform: Platform = {
    bus: new RemoteBus(peer),
    databases: NO_DATABASES,
    clock: systemClock,
    random: new PooledRandom(),
    keyRing: setup.keyRing,
    log,
    metrics,
    readiness,
    tracing,
  };
  let addresses: readonly string[] = [];
  const gateway = RadiusGatewayModule.of({
    listen: setup.listen,
    reusePort: true,
    maxRequestsPerSecond: setup.maxRequestsPerSecond,
    drainDelayMs: 0,
    drainGraceMs: setup.drainGraceMs,
    ownerLatenessMs: () => setup.ownerLateness[0] ?? 0,
    onListening: (listening) => {
      addresses = listening;
    },
  });
  const server = new InProcessServer(states, { clock: systemClock, log, metrics: createEventMetrics(metrics) });
  const modules = [PendingStoreModule.of(new RemoteExchangeStore(peer, wakes)), gateway];
  const app = await createApplication(platform, { kind: "private-socket" }, modules, server);

  async function start(): Promise<ThreadStart> {
    try {
      await app.init();
      return { addresses };
    } catch (error) {
      const { message, cause } = error as Error;
      return { failure: message, code: cause instanceof Error && "code" in cause ? String(cause.code) : "" };
    }
  }
}
