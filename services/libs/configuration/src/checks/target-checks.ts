import { listAt, valueAt } from "../yaml/content-path.js";
import type { Finding } from "./finding.js";

/** Servers belong to targets of type radius, each once; what asks an operator must be allowed. */
export function* targetChoices(content: unknown): Generator<Finding> {
  for (const [at, target] of listAt(content, ["targets"]).entries()) {
    const path = ["targets", at];
    const type = valueAt(target, ["type"]);
    const servers = valueAt(target, ["servers"]);
    if (type === "radius" && servers === undefined)
      yield { path, message: "has no servers: a target of type radius needs them" };
    if (type !== "radius" && typeof type === "string" && servers !== undefined) {
      yield { path: [...path, "servers"], message: "belong to targets of type radius" };
    }
    yield* serversTwice(target, path);
  }
}

export function* manualClients(content: unknown): Generator<Finding> {
  if (valueAt(content, ["allowManualAnswers"]) === true) return;
  for (const [at, client] of listAt(content, ["clients"]).entries()) {
    if (valueAt(client, ["secondFactor"]) !== "manual") continue;
    const message =
      "manual lets an operator answer instead of the user, for trying: allow it with allowManualAnswers: true";
    yield { path: ["clients", at, "secondFactor"], message };
  }
}

function* serversTwice(target: unknown, path: readonly (string | number)[]): Generator<Finding> {
  const seen = new Set<string>();
  for (const [at, server] of listAt(target, ["servers"]).entries()) {
    const name = `${String(valueAt(server, ["address"]))} port ${String(valueAt(server, ["port"]) ?? DEFAULT_PORT)}`;
    if (seen.has(name)) yield { path: [...path, "servers", at], message: `${name} is a server of this target already` };
    seen.add(name);
  }
}

const DEFAULT_PORT = 1812;
