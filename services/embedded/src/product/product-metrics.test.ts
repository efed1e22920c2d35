import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { expect, it } from "vitest";
import { ProductMetrics } from "./product-metrics.js";

function measured<Metrics extends Registry>(registry: Metrics, count: number): Metrics {
  const registers = [registry];
  new Counter({ name: "requests_total", help: "Requests.", labelNames: ["client"], registers }).inc(
    { client: "vpn" },
    count,
  );
  new Gauge({ name: "required", help: "A setting.", aggregator: "max", registers }).set(1);
  new Histogram({ name: "stage_seconds", help: "Times.", buckets: [0.1], registers }).observe(count);
  return registry;
}

it("sums what several threads count, and takes what is set in each once", async () => {
  const metrics = measured(new ProductMetrics(), 2);
  const alone = await metrics.metrics();
  expect(alone).toContain('requests_total{client="vpn"} 2');
  metrics.others = async () => [
    await measured(new Registry(), 3).getMetricsAsJSON(),
    await measured(new Registry(), 4).getMetricsAsJSON(),
  ];
  const together = await metrics.metrics();
  expect(together).toContain('requests_total{client="vpn"} 9');
  expect(together).toContain("required 1");
  expect(together).toContain("stage_seconds_count 3");
  expect(together).toContain("stage_seconds_sum 9");
});
