import { Histogram, type Registry } from "prom-client";
import type { Tracing } from "./tracing.js";

/** Machine time of a login, stage by stage (architecture, section 8). */
export class Stages {
  readonly #histogram: Histogram<"stage">;
  readonly #bound = new Map<string, { observe(seconds: number): void }>();

  readonly #tracing: Tracing | undefined;

  constructor(registry: Registry, tracing?: Tracing) {
    this.#tracing = tracing;
    this.#histogram = new Histogram({
      name: "portcullis_stage_seconds",
      help: "Machine time of one stage of a login.",
      labelNames: ["stage"],
      buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers: [registry],
    });
  }

  /**
   * @param startedAtMs of `performance.now()`
   * @param loginId of the login that it was for, whose trace gets a span
   */
  observe(stage: string, startedAtMs: number, loginId?: string): void {
    const endedAtMs = performance.now();
    let bound = this.#bound.get(stage);
    if (bound === undefined) {
      bound = this.#histogram.labels(stage);
      this.#bound.set(stage, bound);
    }
    bound.observe((endedAtMs - startedAtMs) / 1_000);
    if (loginId !== undefined) this.trace(stage, startedAtMs, loginId, endedAtMs);
  }

  /** Adds a span to a login's trace without measuring a stage. */
  trace(name: string, startedAtMs: number, loginId: string, endedAtMs = performance.now()): void {
    const { timeOrigin } = performance;
    this.#tracing?.stage(name, loginId, { startMs: timeOrigin + startedAtMs, endMs: timeOrigin + endedAtMs });
  }
}
