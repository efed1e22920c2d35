import { type ConfigurationError, MAX_ERRORS } from "../configuration-error.js";
import { PROVIDER_SERVICES } from "../schema/providers-schema.js";
import { isOpenUrl } from "../values/network-names.js";
import type { ProviderService } from "../values/second-factor-words.js";
import { type ContentPath, listAt, textAt, valueAt } from "../yaml/content-path.js";
import type { SourceDocument } from "../yaml/source-document.js";
import type { Finding } from "./finding.js";

const PROVIDERS = ["notifications", "providers"];

/** What a right file allows and nobody can have meant, or should change all the same. */
export function crossWarnings({ content, errorAt }: SourceDocument): ConfigurationError[] {
  const findings = [...methodsWithoutMeans(content), ...fraudMailWithoutMeans(content), ...openUrls(content)];
  return findings.slice(0, MAX_ERRORS).map(({ path, message }) => errorAt(path, message));
}

/** Methods that are named, by which nobody can be reached: a client that names none has them all, and needs no word. */
function* methodsWithoutMeans(content: unknown): Generator<Finding> {
  const missing = missingMeans(content);
  if (missing.size === 0) return;
  for (const { path, method } of namedMethods(content)) {
    const message = missing.get(method);
    if (message !== undefined) yield { path, message };
  }
}

function* namedMethods(content: unknown): Generator<{ readonly path: ContentPath; readonly method: string }> {
  for (const section of ["clients", "policies", "users"]) {
    for (const at of listAt(content, [section]).keys()) {
      const list = [section, at, "methods"];
      const paths = [[section, at, "defaultMethod"], ...[...listAt(content, list).keys()].map((one) => [...list, one])];
      for (const path of paths) {
        const method = textAt(content, path);
        if (method !== undefined) yield { path, method };
      }
    }
  }
}

/** By method, what a person is told who names it. */
function missingMeans(content: unknown): ReadonlyMap<string, string> {
  const services = servicesOf(content);
  const missing = new Map<string, string>();
  for (const method of ["voice", "sms"] as const) {
    if (!services.has(method)) missing.set(method, `reaches nobody: no provider of notifications does ${method}`);
  }
  if (valueAt(content, ["mobile"]) === undefined) missing.set("app", "reaches nobody: there is no section mobile");
  return missing;
}

function* fraudMailWithoutMeans(content: unknown): Generator<Finding> {
  const path = ["fraud", "mail"];
  if (listAt(content, path).length === 0 || servicesOf(content).has("mail")) return;
  yield { path, message: "nobody is told: no provider of notifications does mail" };
}

function servicesOf(content: unknown): ReadonlySet<unknown> {
  const services = new Set<unknown>();
  for (const provider of listAt(content, PROVIDERS)) {
    const type = textAt(provider, ["type"]) ?? "";
    const byDefault: readonly ProviderService[] = Object.hasOwn(PROVIDER_SERVICES, type)
      ? PROVIDER_SERVICES[type as keyof typeof PROVIDER_SERVICES]
      : [];
    const does = valueAt(provider, ["does"]) === undefined ? byDefault : listAt(provider, ["does"]);
    for (const service of does) services.add(service);
  }
  return services;
}

function* openUrls(content: unknown): Generator<Finding> {
  for (const at of listAt(content, PROVIDERS).keys()) {
    for (const key of ["apiUrl", "url"]) {
      const path = [...PROVIDERS, at, key];
      if (isOpenUrl(textAt(content, path) ?? "")) {
        yield { path, message: "is not https: numbers, texts and secrets can be read on the way" };
      }
    }
  }
}
