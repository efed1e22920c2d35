import { readFile } from "node:fs/promises";
import { RECEIVE_BUFFER_BYTES } from "@portcullis/radius-gateway";
import type { Check, Finding } from "../check.js";

const LIMIT_FILE = "/proc/sys/net/core/rmem_max";
const KIBIBYTE = 1_024;

/** What the kernel holds of requests while the gateway is busy, against what the gateway asks for. */
export const receiveBufferCheck: Check = {
  name: "receive buffer",
  run: async () => {
    const text = await readFile(LIMIT_FILE, "utf8").catch(() => undefined);
    // Not Linux, or a container that hides it: then the gateway takes what it gets.
    return text === undefined ? [] : [receiveBufferFinding(Number(text.trim()))];
  },
};

export function receiveBufferFinding(granted: number): Finding {
  if (granted >= RECEIVE_BUFFER_BYTES) {
    return { level: "ok", what: `The kernel grants the ${kib(RECEIVE_BUFFER_BYTES)} that a gateway asks for.` };
  }
  return {
    level: "hint",
    what: `The kernel grants ${kib(granted)} of receive buffer; a gateway asks for ${kib(RECEIVE_BUFFER_BYTES)}.`,
    why: "Requests that arrive in a burst are dropped when it is full; clients then send them again, seconds later.",
    todo: `echo net.core.rmem_max=${RECEIVE_BUFFER_BYTES} > /etc/sysctl.d/60-portcullis.conf && sysctl --system`,
  };
}

const kib = (bytes: number): string => `${Math.round(bytes / KIBIBYTE).toLocaleString("en")} KiB`;
