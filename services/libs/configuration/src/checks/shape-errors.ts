import type { z } from "zod";
import { type ConfigurationError, MAX_ERRORS } from "../configuration-error.js";
import { fileSchema } from "../schema/file-schema.js";
import { type ContentPath, formatPath, valueAt } from "../yaml/content-path.js";
import type { SourceDocument } from "../yaml/source-document.js";
import { knownKeys } from "./known-keys.js";
import { nearMatch } from "./near-match.js";

type Issue = z.core.$ZodIssue;
type UnionIssue = Extract<Issue, { code: "invalid_union" }>;

const KEY_LIKE = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;

/** Issues of the schema, said for people. The schema's own messages are not used, except those of our rules. */
export function shapeErrors(source: SourceDocument, issues: readonly Issue[]): ConfigurationError[] {
  return issues.slice(0, MAX_ERRORS).flatMap((issue) => {
    if (issue.code === "unrecognized_keys") return unknownKeys(source, issue.path, issue.keys);
    // The only unions of the file are that of a secret, and those that a key `type` tells apart.
    if (issue.code === "invalid_union")
      return issue.discriminator === undefined ? secretErrors(source, issue.path) : typeErrors(source, issue);
    if (issue.code === "invalid_key") return [source.errorAt(issue.path, keyMessage(issue), "key")];
    return [source.errorAt(issue.path, issueMessage(issue, valueAt(source.content, issue.path)))];
  });
}

function unknownKeys(source: SourceDocument, path: ContentPath, keys: readonly string[]): ConfigurationError[] {
  const known = knownKeys(fileSchema, path, source.content);
  return keys.slice(0, MAX_ERRORS).map((key) => {
    const near = nearMatch(key, known);
    if (near !== undefined) return source.errorAt([...path, key], `unknown key, did you mean ${near}?`, "key");
    if (isMeantAsKey(source, path, key) && !known.includes("fromEnv")) {
      return source.errorAt([...path, key], "unknown key", "key");
    }
    const error = source.errorAt(
      [...path, key],
      "unknown key; write a text with commas, colons or braces in quotes",
      "key",
    );
    return { ...error, path: formatPath(path) };
  });
}

/**
 * Whether a key may be shown. One that does not look like a key may be a secret without quotes, and so may one without a
 * value: `{ password: one,two }` has the keys `password` and `two`.
 */
function isMeantAsKey(source: SourceDocument, path: ContentPath, key: string): boolean {
  return KEY_LIKE.test(key) && valueAt(source.content, [...path, key]) !== null;
}

/** A secret is a text, fromFile or fromEnv. */
function secretErrors(source: SourceDocument, path: ContentPath): ConfigurationError[] {
  const value = valueAt(source.content, path);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [source.errorAt(path, secretTypeMessage(value))];
  }
  const unknown = Object.keys(value).filter((key) => key !== "fromFile" && key !== "fromEnv");
  if (unknown.length > 0) return unknownKeys(source, path, unknown);
  if (Object.keys(value).length !== 1) return [source.errorAt(path, "must have either fromFile or fromEnv")];
  // What is wrong with a text there is an issue of its own, not one of the union.
  return [source.errorAt([...path, ...Object.keys(value)], "must be a text")];
}

function typeErrors(source: SourceDocument, issue: UnionIssue): ConfigurationError[] {
  const known = "options" in issue ? listOf((issue.options ?? []).map(String)) : "another word";
  const verb = valueAt(source.content, issue.path) === undefined ? "is missing:" : "must be";
  return [source.errorAt(issue.path, `${verb} ${known}`)];
}

/** What the rule of a mapping's keys says. */
function keyMessage({ issues }: Extract<Issue, { code: "invalid_key" }>): string {
  const [first] = issues;
  if (first?.code === "custom") return first.message;
  return first?.code === "invalid_value" ? `must be ${listOf(first.values.map(String))}` : "is not a valid name";
}

function secretTypeMessage(value: unknown): string {
  if (value === null || value === undefined) return "is empty: write a text, { fromFile: path } or { fromEnv: NAME }";
  if (Array.isArray(value)) return "must be one text, not a list";
  return "must be a text: write numbers and the words true and false in quotes";
}

function issueMessage(issue: Issue, value: unknown): string {
  if (value === undefined) return "is missing";
  if (value === null) return "is empty: write a value, or leave the key out";
  switch (issue.code) {
    case "custom":
      return issue.message;
    case "invalid_type":
      if (issue.expected === "string" && typeof value === "number") return "must be a text: write it in quotes";
      return `must be ${TYPE_NAMES[issue.expected] ?? "another kind of value"}, not ${typeName(value)}`;
    case "invalid_value":
      return `must be ${listOf(issue.values.map(String))}`;
    case "too_small":
      return `must ${boundVerb(issue.origin)} at least ${issue.minimum}${boundUnit(issue.origin, issue.minimum)}`;
    case "too_big":
      return `must ${boundVerb(issue.origin)} at most ${issue.maximum}${boundUnit(issue.origin, issue.maximum)}`;
    default:
      return "is not valid";
  }
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
  record: "a mapping",
};

function typeName(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "number") return Number.isInteger(value) ? "a number" : "a fraction";
  return TYPE_NAMES[typeof value] ?? "this";
}

function boundVerb(origin: string): string {
  return origin === "array" || origin === "string" ? "have" : "be";
}

function boundUnit(origin: string, bound: number | bigint): string {
  if (origin === "array") return bound === 1 ? " item" : " items";
  if (origin === "string") return bound === 1 ? " character" : " characters";
  return "";
}

function listOf(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
