import { type ConfigurationError, checkUsers, formatErrors, type UserTotals } from "@portcullis/configuration";
import type { Check, Finding } from "../check.js";
import { count } from "../words.js";

/** A users file may have a million rows. */
const LIMIT_MS = 60_000;
const MAX_ERRORS_SHOWN = 10;
/** Shared secrets have a check of their own, which says more. */
const ABOUT_SHARED_SECRETS = /^(clients\[\d+\]|targets\[\d+\]\.servers\[\d+\])\.secrets?\b/;

/** Whether the files load, with the messages of `run --check`. */
export const configurationCheck: Check = {
  name: "configuration",
  limitMs: LIMIT_MS,
  run: async ({ file, loaded }) => {
    if (!loaded.ok) return [refused("configuration", loaded.failure, file)];
    const configuration = loaded.value;
    const users = await checkUsers(configuration);
    if (!users.ok) return [refused("users", users.failure, file)];
    return [summary(configuration, users.value), ...warningsOf(configuration.warnings)];
  },
};

function summary(
  { clients, targets }: { readonly clients: readonly unknown[]; readonly targets: readonly unknown[] },
  { users, tokens }: UserTotals,
): Finding {
  const parts = [count(clients.length, "client"), count(targets.length, "target"), count(users, "user")];
  return { level: "ok", what: `The file is right: ${parts.join(", ")}, ${count(tokens, "token")}.` };
}

function refused(what: "configuration" | "users", errors: readonly ConfigurationError[], file: string): Finding {
  const more = errors.length - MAX_ERRORS_SHOWN;
  const all = more > 0 ? ` It shows ${more} more.` : "";
  return {
    level: "error",
    what: what === "users" ? "The users are wrong." : "The configuration is wrong; what depends on it is not checked.",
    why: formatErrors(errors.slice(0, MAX_ERRORS_SHOWN)),
    todo: `Mend these places; portcullis run --config ${file} --check looks at them alone.${all}`,
  };
}

function warningsOf(warnings: readonly ConfigurationError[]): Finding[] {
  return warnings
    .filter(({ path }) => !ABOUT_SHARED_SECRETS.test(path))
    .map((warning) => ({ level: "warning", what: formatErrors([warning]) }));
}
