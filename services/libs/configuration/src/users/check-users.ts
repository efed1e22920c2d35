import { fail, ok, type Result } from "@portcullis/kit";
import type { Configuration } from "../configuration.js";
import type { ConfigurationError } from "../configuration-error.js";
import { type ReadUsersOptions, readUsers } from "./read-users.js";

/** How many there are in both files together. */
export interface UserTotals {
  readonly users: number;
  readonly tokens: number;
}

/** Reads all users and keeps none of them: the totals, or everything that is wrong. */
export async function checkUsers(
  configuration: Configuration,
  options: ReadUsersOptions = {},
): Promise<Result<UserTotals, ConfigurationError[]>> {
  const errors: ConfigurationError[] = [];
  let users = 0;
  let tokens = 0;
  for await (const result of readUsers(configuration, options)) {
    if (result.ok) {
      users += 1;
      tokens += result.value.tokens.length;
    } else errors.push(result.failure);
  }
  return errors.length > 0 ? fail(errors) : ok({ users, tokens });
}
