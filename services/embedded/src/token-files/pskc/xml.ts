import { DOMParser, type Element } from "@xmldom/xmldom";
import { TokenFileTrouble } from "../file-token.js";

/** Some ten thousand tokens; the parsed document takes many times as much. */
export const MAX_PSKC_BYTES = 16 * 1024 * 1024;

/**
 * Parses an XML document without entities of its own: what has a document type is refused before it is parsed, so that nothing
 * outside is ever read and nothing small ever grows.
 * @returns its root element
 */
export function parseXml(text: string): Element {
  const declared = /^\uFEFF?<\?xml[^>]*?encoding\s*=\s*["']([^"']+)/.exec(text)?.[1] ?? "UTF-8";
  if (!/^(?:utf-8|us-ascii)$/i.test(declared)) throw new TokenFileTrouble("it must be UTF-8");
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) throw new TokenFileTrouble("it must not have a document type (DTD)");
  try {
    const root = new DOMParser({ onError: stop }).parseFromString(
      text.replace(/^\uFEFF/, ""),
      "text/xml",
    ).documentElement;
    if (root !== null) return root;
  } catch {
    // The parser's own message may quote a secret.
  }
  throw new TokenFileTrouble("it is not XML");
}

function stop(): never {
  throw new TokenFileTrouble("it is not XML");
}

/** The child elements of a name, whatever prefix they have: vendors differ in where they put their namespaces. */
export function childrenOf(element: Element, name: string): Element[] {
  const found: Element[] = [];
  for (let node = element.firstChild; node !== null; node = node.nextSibling) {
    if (node.nodeType === node.ELEMENT_NODE && node.localName === name) found.push(node as unknown as Element);
  }
  return found;
}

/** The first child at a path of names; undefined where the path ends early. */
export function childAt(element: Element | undefined, ...path: readonly string[]): Element | undefined {
  let current = element;
  for (const name of path) current = current === undefined ? undefined : childrenOf(current, name)[0];
  return current;
}

/** The text of the element at a path, without the white space around it; undefined where there is none. */
export function textAt(element: Element | undefined, ...path: readonly string[]): string | undefined {
  return childAt(element, ...path)?.textContent?.trim();
}

/** The octets of the base64 at a path; undefined where there is none, or it is no base64. */
export function octetsAt(element: Element | undefined, ...path: readonly string[]): Buffer | undefined {
  const text = textAt(element, ...path)?.replace(/\s+/g, "");
  if (text === undefined || !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text))
    return undefined;
  return Buffer.from(text, "base64");
}
