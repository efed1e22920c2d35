import { codeName } from "@portcullis/radius";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { TargetMetrics } from "../radius-target/target-options.js";

const BUCKETS_S = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30];
const STATES = ["alive", "zombie", "dead"] as const;

/** What targets tell Prometheus. Servers and clients are those of the configuration, so labels are few. */
export function createTargetMetrics(registry: Registry): TargetMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: "portcullis_target_requests_total",
    help: "Packets sent to servers of targets, retransmissions included.",
    labelNames: ["server", "code"],
    registers,
  });
  const replies = new Histogram({
    name: "portcullis_target_reply_seconds",
    help: "Time from the first packet of a request to its reply.",
    labelNames: ["server", "code"],
    buckets: BUCKETS_S,
    registers,
  });
  const ignored = new Counter({
    name: "portcullis_target_replies_ignored_total",
    help: "Datagrams from servers of targets that are no reply to anything that waits.",
    labelNames: ["server", "reason"],
    registers,
  });
  const timeouts = new Counter({
    name: "portcullis_target_timeouts_total",
    help: "Requests that a server of a target did not answer.",
    labelNames: ["server"],
    registers,
  });
  const states = new Gauge({
    name: "portcullis_target_server_state",
    help: "1 for the state that a server of a target is in.",
    labelNames: ["server", "state"],
    registers,
  });
  const busy = new Counter({
    name: "portcullis_target_refused_total",
    help: "Requests that were not sent, since too many of the client were under way.",
    labelNames: ["client"],
    registers,
  });
  return {
    requestSent: (server, code) => requests.inc({ server, code: codeName(code) }),
    replyReceived: (server, code, elapsedMs) => replies.observe({ server, code: codeName(code) }, elapsedMs / 1_000),
    replyIgnored: (server, reason) => ignored.inc({ server, reason }),
    timedOut: (server) => timeouts.inc({ server }),
    stateChanged: (server, state) => {
      for (const one of STATES) states.set({ server, state: one }, one === state ? 1 : 0);
    },
    refusedBusy: (client) => busy.inc({ client }),
  };
}
