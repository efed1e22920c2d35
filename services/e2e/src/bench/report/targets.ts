import { PEER } from "../subject.js";
import type { CodecRow } from "./codec-row.js";
import { count, figure, type Line } from "./columns.js";
import type { Summary } from "./summary.js";

const CODEC_RATIO = 8;
const EMBEDDED = { inFlight: 64, shareOfPeer: 0.25 };
const DISTRIBUTED = { loginsPerSecond: 1_500, inFlight: 16, p99Ms: 50 };

/** What is to be reached, beside what was measured; a line only for what was. */
export function targetLines(codec: readonly CodecRow[], summaries: readonly Summary[]): Line[] {
  const totp = summaries.filter(({ workload }) => workload === "totp");
  const lines = [...codecTarget(codec), ...embeddedTarget(totp), ...distributedTargets(totp)];
  return lines.length === 0 ? [] : [{ heading: "To be reached" }, ...lines.map((note) => ({ note }))];
}

function codecTarget(codec: readonly CodecRow[]): string[] {
  if (codec.length === 0) return [];
  const ratio = Math.min(...codec.map((row) => row.ratio));
  return [verdict(ratio >= CODEC_RATIO, `codec, slowest row: ${figure(ratio)} times the radius package`, CODEC_RATIO)];
}

function embeddedTarget(totp: readonly Summary[]): string[] {
  const at = (name: string) => find(totp, name, EMBEDDED.inFlight);
  const [embedded, peer] = [at("embedded"), at(PEER)];
  if (embedded === undefined || peer === undefined) return [];
  const share = embedded.loginsPerSecond / peer.loginsPerSecond;
  const text = `embedded, two rounds, ${EMBEDDED.inFlight} in flight: ${figure(share)} of the rate of ${PEER}`;
  return [verdict(share >= EMBEDDED.shareOfPeer, text, EMBEDDED.shareOfPeer)];
}

function distributedTargets(totp: readonly Summary[]): string[] {
  const rows = totp.filter(({ subject }) => subject === "distributed");
  if (rows.length === 0) return [];
  const rate = Math.max(...rows.map(({ loginsPerSecond }) => loginsPerSecond));
  const lines = [
    verdict(
      rate >= DISTRIBUTED.loginsPerSecond,
      `distributed, best: ${count(rate)} logins/s`,
      DISTRIBUTED.loginsPerSecond,
    ),
  ];
  const p99Ms = find(rows, "distributed", DISTRIBUTED.inFlight)?.p99Ms;
  if (p99Ms === undefined) return lines;
  const text = `distributed, ${DISTRIBUTED.inFlight} in flight: p99 ${figure(p99Ms)} ms`;
  return [...lines, `${p99Ms < DISTRIBUTED.p99Ms ? "reached" : "MISSED "}  ${text} (below ${DISTRIBUTED.p99Ms})`];
}

function find(rows: readonly Summary[], name: string, wanted: number): Summary | undefined {
  return rows.find(({ subject, inFlight }) => subject === name && inFlight === wanted);
}

function verdict(reached: boolean, text: string, least: number): string {
  return `${reached ? "reached" : "MISSED "}  ${text} (at least ${figure(least)})`;
}
