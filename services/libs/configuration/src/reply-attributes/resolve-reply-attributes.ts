import type { AttributeValue, Dictionary } from "@portcullis/radius";
import { nearMatch } from "../checks/near-match.js";
import type { ReplyAttributeRule, WrittenValue } from "../configuration.js";
import { type ConfigurationError, MAX_ERRORS } from "../configuration-error.js";
import { MAX_REPLY_ATTRIBUTES, MAX_REPLY_ATTRIBUTES_BYTES } from "../schema/reply-attributes-schema.js";
import { secretSchema } from "../schema/secret-schema.js";
import { Secret } from "../secrets/secret.js";
import { rememberReference } from "../secrets/secret-reference.js";
import type { SecretSource } from "../secrets/secret-source.js";
import { canonicalGroups } from "../values/group-names.js";
import { type ContentPath, formatPath, listAt, valueAt } from "../yaml/content-path.js";
import type { SourceDocument } from "../yaml/source-document.js";

/** The rules of each client, by its index, and what is wrong with some. */
export interface ResolvedReplyAttributes {
  readonly rules: ReadonlyMap<number, readonly ReplyAttributeRule[]>;
  readonly errors: readonly ConfigurationError[];
}

/** One attribute of a rule as it is written, and as it goes into a reply. */
interface ResolvedValue {
  readonly written: WrittenValue;
  readonly octets: Uint8Array;
}

/**
 * Turns the names and values of all rules into octets, once: a login only joins what is ready. Looks at unchecked content; a
 * rule of the wrong shape is skipped, the schema reports it.
 */
export async function resolveReplyAttributes(
  source: SourceDocument,
  from: SecretSource,
  dictionary: Dictionary | undefined,
): Promise<ResolvedReplyAttributes> {
  const rules = new Map<number, readonly ReplyAttributeRule[]>();
  if (dictionary === undefined) return { rules, errors: [] };
  const resolver = new Resolver(source, from, dictionary);
  for (const client of listAt(source.content, ["clients"]).keys()) {
    rules.set(client, await resolver.resolveClient(["clients", client, "replyAttributes"]));
    if (resolver.errors.length >= MAX_ERRORS) break;
  }
  return { rules, errors: resolver.errors };
}

class Resolver {
  readonly errors: ConfigurationError[] = [];

  constructor(
    private readonly source: SourceDocument,
    private readonly from: SecretSource,
    private readonly dictionary: Dictionary,
  ) {}

  async resolveClient(path: ContentPath): Promise<readonly ReplyAttributeRule[]> {
    const rules: ReplyAttributeRule[] = [];
    let count = 0;
    let lengthBytes = 0;
    for (const at of listAt(this.source.content, path).keys()) {
      const resolved = await this.#resolveRule([...path, at]);
      count += resolved.count;
      lengthBytes += resolved.rule.attributes.reveal().length;
      rules.push(resolved.rule);
    }
    if (lengthBytes > MAX_REPLY_ATTRIBUTES_BYTES) {
      this.#refuse(
        path,
        `the rules have ${lengthBytes} octets together, and at most ${MAX_REPLY_ATTRIBUTES_BYTES} fit`,
      );
    }
    if (count > MAX_REPLY_ATTRIBUTES) {
      this.#refuse(path, `the rules have ${count} attributes together, and at most ${MAX_REPLY_ATTRIBUTES} fit`);
    }
    return rules;
  }

  async #resolveRule(path: ContentPath): Promise<{ rule: ReplyAttributeRule; count: number }> {
    const attributes = valueAt(this.source.content, [...path, "attributes"]);
    const entries = isMapping(attributes) ? Object.entries(attributes) : [];
    if (isMapping(attributes) && entries.length === 0) {
      this.#refuse([...path, "attributes"], "is empty: name at least one attribute");
    }
    const resolved: [name: string, values: readonly ResolvedValue[]][] = [];
    for (const [name, value] of entries) {
      resolved.push([name, await this.#resolveName([...path, "attributes", name], name, value)]);
      if (this.errors.length >= MAX_ERRORS) break;
    }
    const octets = resolved.flatMap(([, values]) => values.map((one) => one.octets));
    const groups = listAt(this.source.content, [...path, "groups"]).filter((group) => typeof group === "string");
    return {
      rule: {
        ...(groups.length === 0 ? {} : { groups: canonicalGroups(groups) }),
        attributes: new Secret(Uint8Array.from(Buffer.concat(octets))),
        // fromEntries defines keys, so that one named __proto__ is a key like any other.
        written: Object.fromEntries(resolved.map(([name, values]) => [name, values.map((one) => one.written)])),
      },
      count: octets.length,
    };
  }

  async #resolveName(path: ContentPath, name: string, value: unknown): Promise<readonly ResolvedValue[]> {
    if (!this.dictionary.has(name)) {
      this.#refuseName(path, name);
      return [];
    }
    if (!Array.isArray(value)) return this.#resolveValue(path, name, value);
    if (value.length === 0) this.#refuse(path, "is an empty list: write at least one value");
    const resolved: ResolvedValue[] = [];
    for (const [at, one] of value.entries()) resolved.push(...(await this.#resolveValue([...path, at], name, one)));
    return resolved;
  }

  /** @returns one, or none when something is wrong */
  async #resolveValue(path: ContentPath, name: string, value: unknown): Promise<readonly ResolvedValue[]> {
    const written = await this.#read(path, name, value);
    if (written === undefined) return [];
    const encoded = this.dictionary.encodeByName(name, written instanceof Secret ? written.reveal() : written);
    if (encoded instanceof Uint8Array) return [{ written, octets: encoded }];
    // Not for a secret, to which a hint would come near.
    const near = typeof written === "string" ? nearMatch(written, encoded.candidates ?? []) : undefined;
    this.#refuse(path, near === undefined ? encoded.problem : `${encoded.problem}; did you mean ${near}?`);
    return [];
  }

  /** The value itself; of a hidden attribute, as a secret, which may be kept elsewhere. */
  async #read(path: ContentPath, name: string, value: unknown): Promise<AttributeValue | Secret | undefined> {
    const hidden = this.dictionary.isHidden(name);
    if (!hidden && (typeof value === "string" || typeof value === "number" || typeof value === "boolean")) return value;
    const input = hidden ? secretSchema.safeParse(value).data : undefined;
    if (input === undefined) {
      this.#refuse(path, shapeMessage(value, hidden));
      return undefined;
    }
    const read = await this.from.read(input);
    if (!read.ok) {
      this.#refuse(path, read.failure);
      return undefined;
    }
    const secret = new Secret(read.value);
    if (typeof input !== "string") rememberReference(secret, input);
    return secret;
  }

  /** An unknown name that is near to none may be a secret without the quotes that it needs: it is not shown. */
  #refuseName(path: ContentPath, name: string): void {
    const near = nearMatch(name, this.dictionary.names());
    const error = this.source.errorAt(path, `is in no dictionary, did you mean ${near}?`, "key");
    const message = "the name of an attribute is in no dictionary; are those of a vendor missing?";
    this.errors.push(near === undefined ? { ...error, path: formatPath(path.slice(0, -1)), message } : error);
  }

  #refuse(path: ContentPath, message: string): void {
    this.errors.push(this.source.errorAt(path, message));
  }
}

function shapeMessage(value: unknown, hidden: boolean): string {
  if (value === null || value === undefined) return "is empty: write a value";
  if (!hidden) return "must be a text, a number, true or false, or a list of these";
  return "must be a text, { fromFile: path } or { fromEnv: NAME }: write numbers and the words true and false in quotes";
}

function isMapping(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
