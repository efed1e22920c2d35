import { type Attributes, ROOT_CONTEXT, TraceFlags, type Tracer, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  type IdGenerator,
  RandomIdGenerator,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";

export interface TracingOptions {
  /** Where spans go: OTLP over HTTP, as `http://collector:4318/v1/traces`. Empty: nowhere. */
  readonly url: string;
  /** The part of the logins that is traced, 0 to 1; the same logins in every service. */
  readonly ratio: number;
  readonly service: string;
}

/** Times are milliseconds since 1970. */
export interface TracedTime {
  readonly startMs: number;
  readonly endMs: number;
}

const SPAN_ID_CHARACTERS = 16;
const LOGIN_ID = /^[0-9a-f]{32}$/;

/**
 * Traces of logins. A login's id is the id of its trace, and its first half that of the trace's root; so whoever has the
 * login's context adds spans to one trace, on any replica, after any crash, with nothing more in events and stores.
 */
export class Tracing {
  readonly options: TracingOptions;
  readonly #provider: TracerProvider | undefined;
  readonly #tracer: Tracer | undefined;
  readonly #ids = new ChosenIds();

  constructor(options: TracingOptions) {
    const { url, ratio, service } = options;
    this.options = options;
    if (url === "") return;
    this.#provider = new TracerProvider({
      resource: resourceFromAttributes({ "service.namespace": "portcullis", "service.name": service }),
      sampler: new TraceIdRatioBasedSampler(ratio),
      idGenerator: this.#ids,
      spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url }) })],
    });
    this.#tracer = this.#provider.getTracer("portcullis");
  }

  /** A part of a login's way. */
  stage(name: string, loginId: string, { startMs, endMs }: TracedTime, attributes: Attributes = {}): void {
    if (this.#tracer === undefined || !LOGIN_ID.test(loginId)) return;
    const root = { traceId: loginId, spanId: rootIdOf(loginId), traceFlags: TraceFlags.SAMPLED, isRemote: true };
    const context = trace.setSpanContext(ROOT_CONTEXT, root);
    this.#tracer.startSpan(name, { startTime: startMs, attributes }, context).end(endMs);
  }

  /** The whole login: the root of its trace. Told by whoever announces its end. */
  login(loginId: string, { startMs, endMs }: TracedTime, attributes: Attributes): void {
    if (this.#tracer === undefined || !LOGIN_ID.test(loginId)) return;
    this.#ids.chosen = loginId;
    const span = this.#tracer.startSpan("login", { root: true, startTime: startMs, attributes }, ROOT_CONTEXT);
    this.#ids.chosen = undefined;
    span.end(endMs);
  }

  /** Sends what is there. */
  async close(): Promise<void> {
    await this.#provider?.shutdown();
  }
}

/** Random, but for the root of a login's trace. */
class ChosenIds implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  /** The login whose root is being made. */
  chosen: string | undefined;

  generateTraceId(): string {
    return this.chosen ?? this.#random.generateTraceId();
  }

  generateSpanId(): string {
    return this.chosen === undefined ? this.#random.generateSpanId() : rootIdOf(this.chosen);
  }
}

const rootIdOf = (loginId: string): string => loginId.slice(0, SPAN_ID_CHARACTERS);
