import { DEFAULT_ADDRESS, DEFAULT_AUTH_PORT, DEFAULT_TLS_PORT } from "../schema/radius-schema.js";
import { MAX_PATH_LENGTH } from "../schema/secret-schema.js";
import { listAt, textAt, valueAt } from "../yaml/content-path.js";
import type { Finding } from "./finding.js";

const LISTEN = ["radius", "listen"];

/** A listener is one of UDP or one of TLS. */
export function* listenChoices(content: unknown): Generator<Finding> {
  for (const [at, entry] of listAt(content, LISTEN).entries()) {
    const has = (key: string) => valueAt(entry, [key]) !== undefined;
    const path = [...LISTEN, at];
    if (has("tlsPort") && !has("tls")) yield { path, message: "has a tlsPort but no tls: certificate, key and ca" };
    const key = textAt(entry, ["tls", "key"]);
    if (key !== undefined && (key.includes("\n") || key.length > MAX_PATH_LENGTH)) {
      yield { path: [...path, "tls", "key"], message: "must be the path of a file, not the key itself" };
    }
    for (const port of ["authPort", "acctPort"].filter(has)) {
      if (has("tls")) yield { path: [...path, port], message: "is a UDP port: write an entry of its own for UDP" };
    }
  }
}

export function* listenTwice(content: unknown): Generator<Finding> {
  const seen = new Set<string>();
  for (const [at, entry] of listAt(content, LISTEN).entries()) {
    const address = textAt(entry, ["address"]) ?? DEFAULT_ADDRESS;
    for (const [protocol, port] of portsOf(entry)) {
      // Port 0 is another free port each time.
      if (typeof port !== "number" || port === 0) continue;
      const key = `${protocol} ${address} ${port}`;
      if (seen.has(key)) yield { path: [...LISTEN, at], message: "is the same address and port a second time" };
      seen.add(key);
    }
  }
}

function portsOf(entry: unknown): readonly (readonly ["tcp" | "udp", unknown])[] {
  if (valueAt(entry, ["tls"]) !== undefined) return [["tcp", valueAt(entry, ["tlsPort"]) ?? DEFAULT_TLS_PORT]];
  return [
    ["udp", valueAt(entry, ["authPort"]) ?? DEFAULT_AUTH_PORT],
    ["udp", valueAt(entry, ["acctPort"])],
  ];
}
