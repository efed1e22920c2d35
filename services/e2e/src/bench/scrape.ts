import { request } from "node:http";

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 10_000_000;

/** Samples of the Prometheus text format: `name{labels}` as written -> value, summed over all processes. */
export type Samples = ReadonlyMap<string, number>;

/** Reads the metrics of all processes of a subject. */
export async function scrape(urls: readonly string[]): Promise<Samples> {
  const samples = new Map<string, number>();
  for (const text of await Promise.all(urls.map(get))) {
    for (const line of text.split("\n")) {
      const [name, value] = splitSample(line);
      if (name !== undefined) samples.set(name, (samples.get(name) ?? 0) + value);
    }
  }
  return samples;
}

/**
 * Gets a text over HTTP.
 * @param url `http://...`, or `unix:/path/of/socket:/path`
 * Fails when it is not answered with 200 within five seconds.
 */
export function get(url: string): Promise<string> {
  const unix = /^unix:([^:]+):(\/.*)$/.exec(url);
  const options = { timeout: TIMEOUT_MS, signal: AbortSignal.timeout(TIMEOUT_MS), agent: false };
  return new Promise((resolve, reject) => {
    const sent = unix === null ? request(url, options) : request({ ...options, socketPath: unix[1], path: unix[2] });
    sent.on("error", reject);
    sent.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
        if (text.length > MAX_BYTES) sent.destroy(new Error(`${url} sends more than ${MAX_BYTES} bytes`));
      });
      response.on("error", reject);
      response.on("end", () => {
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`${url} answered ${response.statusCode}: ${text.slice(0, 200)}`));
      });
    });
    sent.end();
  });
}

const SAMPLE = /^([a-zA-Z_:][\w:]*(?:\{.*\})?) (\S+)/;

function splitSample(line: string): [string, number] | [undefined, 0] {
  const match = SAMPLE.exec(line);
  const value = Number(match?.[2]);
  return match?.[1] === undefined || Number.isNaN(value) ? [undefined, 0] : [match[1], value];
}

const STAGE_SUM = /^portcullis_stage_seconds_sum\{.*\bstage="([^"]+)".*\}$/;

/** Seconds spent in each stage of the login path between two looks. */
export function stageSeconds(before: Samples, after: Samples): Map<string, number> {
  const stages = new Map<string, number>();
  for (const [name, value] of after) {
    const stage = STAGE_SUM.exec(name)?.[1];
    if (stage !== undefined) stages.set(stage, (stages.get(stage) ?? 0) + value - (before.get(name) ?? 0));
  }
  return stages;
}

/** How late the event loop came round since the look before; undefined when the product does not tell. */
export function eventLoopDelayMs(after: Samples): EventLoopDelay | undefined {
  const [p50, p99, max] = ["p50", "p99", "max"].map((part) => after.get(`nodejs_eventloop_lag_${part}_seconds`));
  if (p50 === undefined || p99 === undefined || max === undefined) return undefined;
  return { p50: p50 * 1_000, p99: p99 * 1_000, max: max * 1_000 };
}

export interface EventLoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}
