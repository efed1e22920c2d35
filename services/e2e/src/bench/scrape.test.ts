import { createServer } from "node:http";
import { describe, expect, it } from "vitest";
import { eventLoopDelayMs, get, scrape, stageSeconds } from "./scrape.js";

async function withServer(text: string, status: number, use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer((_request, response) => response.writeHead(status).end(text));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  try {
    await use(`http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/metrics`);
  } finally {
    server.close();
  }
}

const METRICS = `# HELP portcullis_stage_seconds Machine time.
portcullis_stage_seconds_bucket{le="0.001",stage="decode"} 3
portcullis_stage_seconds_sum{stage="decode"} 1.5
portcullis_stage_seconds_count{stage="decode"} 3
nodejs_eventloop_lag_p50_seconds 0.010
nodejs_eventloop_lag_p99_seconds 0.020
nodejs_eventloop_lag_max_seconds 0.030
`;

describe("scrape", () => {
  it("adds up the stages of all processes", async () => {
    await withServer(METRICS, 200, async (url) => {
      const before = await scrape([url]);
      const after = await scrape([url, url]);
      expect(stageSeconds(before, after)).toEqual(new Map([["decode", 1.5]]));
      expect(eventLoopDelayMs(before)).toEqual({ p50: 10, p99: 20, max: 30 });
    });
  });

  it("fails when the answer is no success", async () => {
    await withServer("not ready", 503, async (url) => {
      await expect(get(url)).rejects.toThrow("answered 503: not ready");
    });
  });

  it("says nothing of an event loop that nobody watches", () => {
    expect(eventLoopDelayMs(new Map())).toBeUndefined();
  });
});
