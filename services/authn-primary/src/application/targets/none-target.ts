import type { Attempt, TargetAnswer } from "../../domain/first-factor.js";
import type { Target } from "../ports.js";

/**
 * Checks nothing: the client has proven the first factor itself. A user whom we do not know passes too; what becomes of
 * her is decided with the second factor.
 */
export class NoneTarget implements Target {
  async check({ account, credential }: Attempt): Promise<TargetAnswer> {
    // Fail closed: the gateway did not know yet that this client's target has no access lists.
    if (credential === "acl-download") return { kind: "refused", reason: "FAILED_REQUEST_INVALID" };
    return account?.enabled === false ? { kind: "refused", reason: "FAILED_USER_DISABLED" } : { kind: "accepted" };
  }
}
