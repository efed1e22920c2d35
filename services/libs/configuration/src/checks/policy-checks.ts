import { SECOND_FACTOR_RULES } from "../schema/second-factor-rules-schema.js";
import { ENTRY_NAME } from "../values/value-rules.js";
import { keysAt, listAt, textAt, valueAt } from "../yaml/content-path.js";
import type { Finding } from "./finding.js";
import { nearMatch } from "./near-match.js";

/** The clients that policies name must be there: a policy for nobody is a mistyped one. */
export function* missingClients(content: unknown): Generator<Finding> {
  const names = new Set(
    listAt(content, ["clients"])
      .map((client) => textAt(client, ["name"]))
      .filter((name) => name !== undefined),
  );
  for (const policy of listAt(content, ["policies"]).keys()) {
    const list = ["policies", policy, "clients"];
    for (const at of listAt(content, list).keys()) {
      const path = [...list, at];
      const client = textAt(content, path);
      if (client === undefined || names.has(client)) continue;
      const near = nearMatch(client, names);
      const hint = near === undefined ? "" : `, did you mean "${near}"?`;
      yield {
        path,
        message: ENTRY_NAME.test(client) ? `there is no client "${client}"${hint}` : "is no client's name",
      };
    }
  }
}

/** A policy without a setting is one whose setting was forgotten. */
export function* idlePolicies(content: unknown): Generator<Finding> {
  for (const at of listAt(content, ["policies"]).keys()) {
    const path = ["policies", at];
    const settings = keysAt(content, path).filter((key) => !["name", "clients", "groups"].includes(key));
    if (settings.length > 0) continue;
    yield { path, message: `decides nothing: write one of ${Object.keys(SECOND_FACTOR_RULES).join(", ")}` };
  }
}

const MANUAL = "manual lets an operator answer instead of the user, for trying: allow it with allowManualAnswers: true";

/** What asks an operator must be allowed. */
export function* manualMethods(content: unknown): Generator<Finding> {
  if (valueAt(content, ["allowManualAnswers"]) === true) return;
  for (const section of ["clients", "policies"]) {
    for (const entry of listAt(content, [section]).keys()) {
      const list = [section, entry, "methods"];
      for (const at of listAt(content, list).keys()) {
        if (textAt(content, [...list, at]) === "manual") yield { path: [...list, at], message: MANUAL };
      }
    }
  }
}
