import { Counter, Histogram, type Registry } from "prom-client";
import type { DeliveryReport } from "../../application/ports.js";

/** Deliveries, as Prometheus counts them. */
export function createDeliveryReport(registry: Registry): DeliveryReport {
  const registers = [registry];
  const deliveries = new Counter({
    name: "portcullis_deliveries_total",
    help: "What became of calls, texts, mails and pushes.",
    labelNames: ["provider", "method", "outcome"] as const,
    registers,
  });
  const duration = new Histogram({
    name: "portcullis_delivery_seconds",
    help: "How long a provider took to take something.",
    labelNames: ["provider", "method"] as const,
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
    registers,
  });
  const dropped = new Counter({
    name: "portcullis_texts_dropped_total",
    help: "Texts that came in and belonged to no open challenge.",
    registers,
  });
  return {
    delivered: (provider, method, outcome) => deliveries.inc({ provider, method, outcome }),
    took: (provider, method, seconds) => duration.observe({ provider, method }, seconds),
    textDropped: () => dropped.inc(),
  };
}
