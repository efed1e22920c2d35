import { checkCertificate } from "../values/certificate-rule.js";
import { formatPath, listAt, textAt } from "../yaml/content-path.js";
import type { Finding } from "./finding.js";

/** A certificate is one client, whoever wrote it how: letter case does not count. */
export function* certificatesTwice(content: unknown): Generator<Finding> {
  const seen = new Map<string, string>();
  for (const client of listAt(content, ["clients"]).keys()) {
    const list = ["clients", client, "tls", "certificates"];
    for (const at of listAt(content, list).keys()) {
      const path = [...list, at];
      const text = textAt(content, path);
      if (text === undefined || checkCertificate(text) !== undefined) continue;
      const earlier = seen.get(text.toLowerCase());
      if (earlier === undefined) seen.set(text.toLowerCase(), formatPath(path));
      else yield { path, message: `is the same certificate as at ${earlier}` };
    }
  }
}
