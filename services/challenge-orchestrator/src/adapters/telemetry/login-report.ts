import type { Log, Tracing } from "@portcullis/kit";
import { RESULT_CODES } from "@portcullis/login";
import { Counter, type Registry } from "prom-client";
import type { ReportEnd } from "../../application/ports.js";

/**
 * Counts logins by client and result code, logs each end with the level that the table of result codes has, and adds the root
 * to the login's trace.
 */
export function createLoginReport(registry: Registry, log: Log, tracing: Pick<Tracing, "login">): ReportEnd {
  const logins = new Counter({
    name: "portcullis_logins_total",
    help: "Logins that ended.",
    labelNames: ["client", "result_code"] as const,
    registers: [registry],
  });
  return ({ context, resultCode, verdict, userId, decidedAtMs }) => {
    const { loginId, client, claimedAtMs } = context;
    const attributes = {
      "portcullis.client": client,
      "portcullis.result_code": resultCode,
      "portcullis.verdict": verdict,
    };
    tracing.login(loginId, { startMs: claimedAtMs, endMs: decidedAtMs }, attributes);
    logins.inc({ client, result_code: resultCode });
    log[RESULT_CODES[resultCode].logLevel]("login.decided", { loginId, client, userId, resultCode });
  };
}
