import type { ResultCode } from "@portcullis/login";
import type { Attempt } from "../../domain/first-factor.js";
import type { Target } from "../ports.js";

/**
 * Checks nothing: the client has proven the first factor itself. A user whom we do not know passes too; what becomes of
 * her is decided with the second factor.
 */
export class NoneTarget implements Target {
  check({ account }: Attempt): Promise<ResultCode | undefined> {
    return Promise.resolve(account?.enabled === false ? "FAILED_USER_DISABLED" : undefined);
  }
}
