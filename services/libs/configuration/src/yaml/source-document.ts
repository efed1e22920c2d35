import { LineCounter, parseDocument, type YAMLError } from "yaml";
import type { ConfigurationError } from "../configuration-error.js";
import { type ContentPath, formatPath } from "./content-path.js";
import { nodeAt, readYamlContent } from "./yaml-content.js";

type ErrorCode = YAMLError["code"];

/** What people are told. The parser's own messages quote the text, which may be a secret. */
const SYNTAX_MESSAGES: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: "an alias cannot have a tag or an anchor",
  BAD_ALIAS: "an anchor or alias has no proper name",
  BAD_COLLECTION_TYPE: "a list or mapping has a tag that does not fit it",
  BAD_DIRECTIVE: "the YAML directive is not known",
  BAD_DQ_ESCAPE: "a backslash in double quotes is not followed by a known escape; use single quotes",
  BAD_INDENT: "the indentation does not fit, or a bracket or brace is not closed",
  BAD_PROP_ORDER: "an anchor or tag stands in the wrong place",
  BAD_SCALAR_START: "a text begins with a character that has a meaning in YAML; write it in quotes",
  BLOCK_AS_IMPLICIT_KEY: "a mapping begins where a value is expected; write a text with a colon in quotes",
  BLOCK_IN_FLOW: "an indented list or mapping cannot stand inside brackets or braces",
  DUPLICATE_KEY: "the same key stands here twice",
  IMPOSSIBLE: "the YAML cannot be read",
  KEY_OVER_1024_CHARS: "a key is longer than 1024 characters",
  MISSING_CHAR: "a character is missing: a colon, a comma, a quote or a closing bracket or brace",
  MULTILINE_IMPLICIT_KEY: "a key must stand on one line; is a colon missing?",
  MULTIPLE_ANCHORS: "a value has more than one anchor",
  MULTIPLE_DOCS: "the file has more than one YAML document",
  MULTIPLE_TAGS: "a value has more than one tag",
  NON_STRING_KEY: "a key is not a text",
  RESOURCE_EXHAUSTION: "lists or mappings are nested too deep",
  TAB_AS_INDENT: "a tab cannot indent; use spaces",
  TAG_RESOLVE_FAILED: "tags have no meaning here; write a text that begins with ! in quotes",
  UNEXPECTED_TOKEN: "something stands here that YAML does not expect",
};

/** The parsed YAML file: its plain content, what is wrong with its syntax, and where everything stands. */
export interface SourceDocument {
  readonly content: unknown;
  readonly errors: readonly ConfigurationError[];
  /** An error at a path, with line and column. `part` is `key` where the key itself is wrong. */
  errorAt(path: ContentPath, message: string, part?: "key" | "value"): ConfigurationError;
}

/**
 * Parses the text of a YAML file.
 * @param file the name to be shown in errors
 * @returns with errors of syntax, `content` is undefined: what a broken file says is guesswork
 */
export function parseSource(file: string, text: string): SourceDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    resolveKnownTags: false,
    uniqueKeys: false,
    logLevel: "error",
  });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const errorAt: SourceDocument["errorAt"] = (path, message, part = "value") => ({
    file,
    path: formatPath(path),
    ...place(nodeAt(document, path, part)?.range?.[0] ?? 0),
    message,
  });
  const syntax = [...document.errors, ...document.warnings].map((error) => ({
    file,
    path: "",
    ...place(error.pos[0]),
    message: SYNTAX_MESSAGES[error.code],
  }));
  if (syntax.length > 0) return { content: undefined, errors: syntax, errorAt };
  const { content, problems } = readYamlContent(document);
  const errors = problems.map(({ offset, path, message }) => ({
    file,
    path: formatPath(path),
    ...place(offset),
    message,
  }));
  return { content: content ?? {}, errors, errorAt };
}
