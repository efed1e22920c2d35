import { Code } from "@portcullis/radius";
import { Counter, Gauge, type Registry } from "prom-client";

/** Names of clients come from the configuration, codes and reasons are closed lists: no label grows with the traffic. */
export interface GatewayMetrics {
  readonly requests: Counter<"client" | "code">;
  readonly discarded: Counter<"client" | "reason">;
  readonly replies: Counter<"client" | "code">;
  readonly duplicates: Counter<"client">;
  readonly unsigned: Counter<"client">;
  readonly secretSuspect: Counter<"client">;
  readonly accounting: Counter<"client" | "status">;
}

/** @param waitingCount exchanges that wait for a reply here */
export function createGatewayMetrics(registry: Registry, waitingCount: () => number): GatewayMetrics {
  const registers = [registry];
  const waiting: Gauge = new Gauge({
    name: "portcullis_radius_waiting",
    help: "Exchanges that wait here for their reply.",
    registers,
    collect: () => waiting.set(waitingCount()),
  });
  return {
    requests: new Counter({
      name: "portcullis_radius_requests_total",
      help: "Requests that passed every check of the packet, retransmissions counted.",
      labelNames: ["client", "code"],
      registers,
    }),
    discarded: new Counter({
      name: "portcullis_radius_discarded_total",
      help: "Requests without an answer.",
      labelNames: ["client", "reason"],
      registers,
    }),
    replies: new Counter({
      name: "portcullis_radius_replies_total",
      help: "Replies that were sent, repeated ones counted.",
      labelNames: ["client", "code"],
      registers,
    }),
    duplicates: new Counter({
      name: "portcullis_radius_duplicates_total",
      help: "Retransmissions: of an exchange that waits here, or whose reply was sent again.",
      labelNames: ["client"],
      registers,
    }),
    unsigned: new Counter({
      name: "portcullis_clients_without_message_authenticator",
      help: "Requests that were taken though they had no Message-Authenticator.",
      labelNames: ["client"],
      registers,
    }),
    secretSuspect: new Counter({
      name: "portcullis_radius_secret_suspect_total",
      help: "Passwords that are no text in requests without Message-Authenticator: most likely the shared secret is wrong.",
      labelNames: ["client"],
      registers,
    }),
    accounting: new Counter({
      name: "portcullis_radius_accounting_total",
      help: "Accounting-Requests by what they tell of, retransmissions counted.",
      labelNames: ["client", "status"],
      registers,
    }),
  };
}

/** The label of a packet's code. */
export function codeLabel(code: number): string {
  switch (code) {
    case Code.AccessRequest:
      return "access-request";
    case Code.AccessAccept:
      return "access-accept";
    case Code.AccessReject:
      return "access-reject";
    case Code.AccessChallenge:
      return "access-challenge";
    case Code.AccountingRequest:
      return "accounting-request";
    case Code.AccountingResponse:
      return "accounting-response";
    case Code.StatusServer:
      return "status-server";
    default:
      return "other";
  }
}
