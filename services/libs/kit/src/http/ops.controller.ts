import { Controller, Get, Header, Inject, Res } from "@nestjs/common";
import type { Registry } from "prom-client";
import { METRICS } from "../platform.js";
import { Readiness } from "../readiness.js";

interface Reply {
  status(code: number): unknown;
}

/** What an orchestrator of containers and a metrics collector ask for. */
@Controller()
export class OpsController {
  readonly #readiness: Readiness;
  readonly #metrics: Registry;

  constructor(@Inject(Readiness) readiness: Readiness, @Inject(METRICS) metrics: Registry) {
    this.#readiness = readiness;
    this.#metrics = metrics;
  }

  /** Alive: the event loop turns. */
  @Get("livez")
  live(): string {
    return "ok\n";
  }

  /** Ready: can decide a login now. */
  @Get("readyz")
  ready(@Res({ passthrough: true }) reply: Reply): string {
    const missing = this.#readiness.missing();
    if (missing.length === 0) return "ok\n";
    reply.status(503);
    return `not ready: ${missing.join(", ")}\n`;
  }

  @Get("metrics")
  @Header("content-type", "text/plain; version=0.0.4")
  metrics(): Promise<string> {
    return this.#metrics.metrics();
  }
}
