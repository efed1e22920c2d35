import type { Log } from "@portcullis/kit";
import { RESULT_CODES } from "@portcullis/login";
import { Counter, type Registry } from "prom-client";
import type { ReportEnd } from "../../application/ports.js";

/** Counts logins by client and result code, and logs each end with the level that the table of result codes has. */
export function createLoginReport(registry: Registry, log: Log): ReportEnd {
  const logins = new Counter({
    name: "portcullis_logins_total",
    help: "Logins that ended.",
    labelNames: ["client", "result_code"] as const,
    registers: [registry],
  });
  return ({ context, resultCode, userId }) => {
    const { loginId, client } = context;
    logins.inc({ client, result_code: resultCode });
    log[RESULT_CODES[resultCode].logLevel]("login.decided", { loginId, client, userId, resultCode });
  };
}
