import { AggregatorRegistry, type MetricObjectWithValues, type MetricValue, Registry } from "prom-client";

type Metrics = MetricObjectWithValues<MetricValue<string>>[];

/** The metrics of this thread and of others, as those of one process: counters and what waits are summed. */
export class ProductMetrics extends Registry {
  /** Where other threads measure. */
  others: (() => Promise<readonly Metrics[]>) | undefined;

  override async metrics(): Promise<string> {
    if (this.others === undefined) return super.metrics();
    const [own, others] = await Promise.all([this.getMetricsAsJSON(), this.others()]);
    return AggregatorRegistry.aggregate([own, ...others]).metrics();
  }
}
