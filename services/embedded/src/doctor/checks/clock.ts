import { execFile } from "node:child_process";
import { inspectRedis } from "@portcullis/login";
import type { Check, Finding } from "../check.js";

/** As the services do: they report an offset of 2 seconds, and are not ready with one of 30. */
const ALERT_OFFSET_MS = 2_000;
const UNREADY_OFFSET_MS = 30_000;
/** Where systemd puts it. */
const TIMEDATECTL = "/usr/bin/timedatectl";
const TIMEDATECTL_LIMIT_MS = 2_000;
const WHY = "Codes of tokens go by the time: users' codes are refused when it is wrong.";
const MEND = "Let chrony or systemd-timesyncd keep this machine's time, and that of the machine with Redis.";

/** Whether codes are checked against the right time. */
export const clockCheck: Check = {
  name: "clock",
  run: async ({ settings }) => {
    const url = settings.PORTCULLIS_REDIS_URL;
    if (url === undefined) return [synchronisedFinding(await askTimedatectl())];
    const redis = await inspectRedis(url).catch(() => undefined);
    // Its own check says that it is away.
    return redis === undefined ? [] : [offsetFinding(redis.clockAheadMs)];
  },
};

/** @param aheadMs how far Redis' clock is ahead of this machine's */
export function offsetFinding(aheadMs: number): Finding {
  const distance = Math.abs(aheadMs);
  if (distance < ALERT_OFFSET_MS) {
    return { level: "ok", what: `This machine's clock and Redis' are ${distance} ms apart.` };
  }
  return {
    level: distance < UNREADY_OFFSET_MS ? "warning" : "error",
    what: `This machine's clock is ${(distance / 1_000).toFixed(1)} s ${aheadMs > 0 ? "behind" : "ahead of"} Redis'.`,
    why: WHY,
    todo: MEND,
  };
}

/** @param answer what timedatectl says of NTP: yes, no, or nothing where there is none */
export function synchronisedFinding(answer: string): Finding {
  if (answer === "yes") return { level: "ok", what: "The system says that its clock is kept by NTP." };
  if (answer === "no") {
    const what = "The system says that its clock is not kept by NTP.";
    return { level: "warning", what, why: WHY, todo: "timedatectl set-ntp true" };
  }
  return {
    level: "hint",
    what: "Nothing here tells whether the clock is kept by NTP.",
    why: WHY,
    todo: "Compare date -u with a clock that you trust; in a container, look at the machine below it.",
  };
}

function askTimedatectl(): Promise<string> {
  const question = ["show", "--property=NTPSynchronized", "--value"];
  return new Promise((resolve) => {
    execFile(TIMEDATECTL, question, { timeout: TIMEDATECTL_LIMIT_MS }, (error, stdout) =>
      resolve(error === null ? stdout.trim() : ""),
    );
  });
}
