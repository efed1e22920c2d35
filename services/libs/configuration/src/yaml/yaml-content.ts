import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type YAMLMap } from "yaml";
import type { ContentPath } from "./content-path.js";

/** The file's own shape needs seven levels. */
const MAX_DEPTH = 20;
/** Values that aliases may add to the file's own, all together: the bound on what a small file can grow to. */
const MAX_ALIASED_VALUES = 10_000;

/** Something wrong with the YAML itself; `offset` is where in the text. */
interface ContentProblem {
  readonly offset: number;
  readonly path: ContentPath;
  readonly message: string;
}

export interface YamlContent {
  /** Plain values: null, booleans, numbers, strings, arrays and objects. */
  readonly content: unknown;
  readonly problems: readonly ContentProblem[];
}

/**
 * Turns a YAML document into plain values. Bounded in depth and in what aliases add; a repeated key, a key that is no
 * text and an alias of nothing are problems. The parser's own conversion is not used: it neither reports all problems
 * nor keeps the names of aliases, which may be a mistyped secret, out of its messages.
 */
export function readYamlContent(document: Document.Parsed): YamlContent {
  const reader = new ContentReader(document);
  const content = reader.read(document.contents, []);
  return { content, problems: reader.problems };
}

class ContentReader {
  readonly problems: ContentProblem[] = [];
  #aliasedValues = 0;
  #openAliases = 0;

  constructor(private readonly document: Document.Parsed) {}

  read(node: Node | null, path: ContentPath): unknown {
    if (node === null) return null;
    if (path.length > MAX_DEPTH) return this.#refuse(node, path.slice(0, 3), `is nested more than ${MAX_DEPTH} deep`);
    if (this.#openAliases > 0 && !this.#countAliased(node, path)) return null;
    if (isScalar(node)) return node.value;
    if (isSeq(node)) return node.items.map((item, index) => this.read(item as Node | null, [...path, index]));
    if (isMap(node)) return this.#readMap(node, path);
    if (isAlias(node)) return this.#readAlias(node, path);
    return this.#refuse(node, path, "is not a value");
  }

  #readMap(map: YAMLMap, path: ContentPath): unknown {
    const entries = new Map<string, unknown>();
    for (const { key, value } of map.items) {
      const name = isScalar(key) ? key.value : undefined;
      if (typeof name !== "string") this.#refuse((key as Node | null) ?? map, path, "has a key that is not a text");
      else if (entries.has(name)) this.#refuse(key as Node, path, "has the same key twice");
      else entries.set(name, this.read(value as Node | null, [...path, name]));
    }
    // fromEntries defines keys, so that one named __proto__ is a key like any other.
    return Object.fromEntries(entries);
  }

  #readAlias(alias: Node & { resolve(document: Document): Node | undefined }, path: ContentPath): unknown {
    const target = alias.resolve(this.document);
    if (target === undefined)
      return this.#refuse(alias, path, "is an alias of nothing: write a text that begins with * in quotes");
    this.#openAliases += 1;
    const value = this.read(target, path);
    this.#openAliases -= 1;
    return value;
  }

  #countAliased(node: Node, path: ContentPath): boolean {
    this.#aliasedValues += 1;
    if (this.#aliasedValues === MAX_ALIASED_VALUES + 1) {
      this.#refuse(
        node,
        path.slice(0, 3),
        `is repeated by aliases too often: they may add ${MAX_ALIASED_VALUES} values`,
      );
    }
    return this.#aliasedValues <= MAX_ALIASED_VALUES;
  }

  #refuse(node: Node, path: ContentPath, message: string): null {
    this.problems.push({ offset: node.range?.[0] ?? 0, path, message });
    return null;
  }
}

/**
 * The node at a path, aliases followed; where the path leaves the document, the last node on it.
 * @param part `key` asks for the key of the last step, where that is what is wrong
 */
export function nodeAt(document: Document.Parsed, path: ContentPath, part: "key" | "value"): Node | null {
  let node: Node | null = document.contents;
  for (const [at, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document) ?? node;
    let next: unknown;
    if (isSeq(node) && typeof step === "number") next = node.items[step];
    else if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
      next = part === "key" && at === path.length - 1 ? pair?.key : (pair?.value ?? pair?.key);
    }
    if (next === undefined || next === null) return node;
    node = next as Node;
  }
  return node;
}
