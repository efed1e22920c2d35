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
    for (const key of ["returnsInnerIdentity", "responseWindowSeconds"]) {
      if (type === "radius" || typeof type !== "string" || valueAt(target, [key]) === undefined) continue;
      yield { path: [...path, key], message: "belongs to targets of type radius" };
    }
    yield* serversTwice(target, path);
  }
}

/** Accounting can be passed on to a RADIUS server only. */
export function accountingClients(content: unknown): Generator<Finding> {
  return withoutRadius(content, {
    key: "accounting",
    value: "forward",
    message: (target) =>
      `there is nobody to forward to, since ${target}: write record, or take a target of type radius`,
  });
}

/** Access lists come from a RADIUS server only. */
export function accessListClients(content: unknown): Generator<Finding> {
  return withoutRadius(content, {
    key: "downloadableAcls",
    value: true,
    message: (target) => `there is nobody who has access lists, since ${target}: only one of type radius may`,
  });
}

interface RadiusNeed {
  readonly key: string;
  /** That needs a target of type radius. */
  readonly value: unknown;
  readonly message: (target: string) => string;
}

function* withoutRadius(content: unknown, { key, value, message }: RadiusNeed): Generator<Finding> {
  const types = new Map(
    listAt(content, ["targets"]).map((target) => [valueAt(target, ["name"]), valueAt(target, ["type"])]),
  );
  for (const [at, client] of listAt(content, ["clients"]).entries()) {
    if (valueAt(client, [key]) !== value) continue;
    const target = valueAt(client, ["target"]);
    const type = types.get(target);
    // A target that is not there, or has no type, is found elsewhere.
    if (typeof type !== "string" || type === "radius") continue;
    yield { path: ["clients", at, key], message: message(`the target "${String(target)}" is of type ${type}`) };
  }
}

function* serversTwice(target: unknown, path: readonly (string | number)[]): Generator<Finding> {
  const seen = new Set<string>();
  for (const [at, server] of listAt(target, ["servers"]).entries()) {
    const port = valueAt(server, ["port"]);
    const name = `${String(valueAt(server, ["address"]))} port ${typeof port === "number" ? port : DEFAULT_PORT}`;
    if (seen.has(name)) yield { path: [...path, "servers", at], message: `${name} is a server of this target already` };
    seen.add(name);
  }
}

const DEFAULT_PORT = 1812;
