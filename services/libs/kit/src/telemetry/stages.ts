import { Histogram, type Registry } from "prom-client";

/** Machine time of a login, stage by stage (architecture, section 8). */
export class Stages {
  readonly #histogram: Histogram<"stage">;
  readonly #bound = new Map<string, { observe(seconds: number): void }>();

  constructor(registry: Registry) {
    this.#histogram = new Histogram({
      name: "portcullis_stage_seconds",
      help: "Machine time of one stage of a login.",
      labelNames: ["stage"],
      buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers: [registry],
    });
  }

  /** @param startedAtMs of `performance.now()` */
  observe(stage: string, startedAtMs: number): void {
    let bound = this.#bound.get(stage);
    if (bound === undefined) {
      bound = this.#histogram.labels(stage);
      this.#bound.set(stage, bound);
    }
    bound.observe((performance.now() - startedAtMs) / 1_000);
  }
}
