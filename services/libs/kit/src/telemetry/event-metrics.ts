import { Counter, type Registry } from "prom-client";

export interface EventMetrics {
  readonly poison: Counter<"topic">;
  readonly retried: Counter<"topic">;
  readonly expired: Counter<"topic">;
}

export function createEventMetrics(registry: Registry): EventMetrics {
  const registers = [registry];
  const labelNames = ["topic"] as const;
  return {
    poison: new Counter({
      name: "portcullis_events_dead_total",
      help: "Events moved to the dead letters.",
      labelNames,
      registers,
    }),
    retried: new Counter({
      name: "portcullis_events_retried_total",
      help: "Calls of handlers that found a store away.",
      labelNames,
      registers,
    }),
    expired: new Counter({
      name: "portcullis_events_expired_total",
      help: "Events given up at their deadline.",
      labelNames,
      registers,
    }),
  };
}
