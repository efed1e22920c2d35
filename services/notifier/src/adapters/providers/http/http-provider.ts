import type { HttpProviderSettings } from "@portcullis/configuration";
import type { OutgoingText, Provider } from "../../../application/ports.js";
import type { Handed, Kind } from "../../../domain/delivery.js";
import { httpCall, isRefusal } from "../http-call.js";

const IN_BRACES = /\{\{\s*(to|text|id)\s*\}\}/g;
const DEFAULT_CONTENT_TYPE = "application/json";

/** Texts by a service with an HTTP interface of its own: one request made of a template. */
export class HttpProvider implements Provider {
  readonly name: string;
  readonly does: ReadonlySet<Kind>;
  readonly #settings: HttpProviderSettings;

  constructor(settings: HttpProviderSettings) {
    this.name = settings.name;
    this.does = new Set(settings.does);
    this.#settings = settings;
  }

  async text({ challengeId, step, to, text }: OutgoingText): Promise<Handed> {
    const { url, method, body: template, successStatus } = this.#settings;
    const headers: Record<string, string> = { "content-type": DEFAULT_CONTENT_TYPE };
    for (const [name, value] of Object.entries(this.#settings.headers)) headers[name.toLowerCase()] = value;
    const id = `${challengeId}-${step}`;
    const values: Readonly<Record<string, string>> = { to, text, id };
    const escaped = escapeFor(headers["content-type"] ?? "");
    const body = template.replace(IN_BRACES, (_all, name: string) => escaped(values[name] ?? ""));
    const result = await httpCall({ url, method, headers, body });
    if (result.kind === "not-sent") return { kind: "refused", why: result.why };
    if (result.kind === "unknown") return result;
    const { status } = result;
    const isTaken = successStatus === undefined ? status >= 200 && status < 300 : status === successStatus;
    if (isTaken) return { kind: "taken", reference: id };
    return { kind: isRefusal(status) ? "refused" : "unknown", why: `status ${status}` };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** How a value is written into a body of this type, so that no number or text can change what the body means. */
function escapeFor(contentType: string): (value: string) => string {
  if (contentType.includes("json")) return (value) => JSON.stringify(value).slice(1, -1);
  if (contentType.includes("x-www-form-urlencoded")) return encodeURIComponent;
  if (contentType.includes("xml")) return (value) => value.replace(/[&<>"']/g, (found) => `&#${found.charCodeAt(0)};`);
  return (value) => value;
}
