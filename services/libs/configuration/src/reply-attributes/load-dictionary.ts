import { resolve } from "node:path";
import { Dictionary, type DictionaryError } from "@portcullis/radius";
import type { ConfigurationError } from "../configuration-error.js";
import type { OnFile } from "../secrets/secret-source.js";
import { listAt, valueAt } from "../yaml/content-path.js";
import type { SourceDocument } from "../yaml/source-document.js";

/** The dictionary that a file needs, or what is wrong with those it names. */
export interface LoadedDictionary {
  /** Undefined when nothing in the file needs one, or one cannot be used: what its names mean is then not known. */
  readonly dictionary: Dictionary | undefined;
  readonly errors: readonly ConfigurationError[];
}

/**
 * Loads the dictionaries that the file names. A file without reply attributes needs none, and does not pay for any.
 * @param folder that of the configuration file, which relative paths start from
 * @param onFile told of each dictionary before it is read
 */
export async function loadDictionary(
  source: SourceDocument,
  folder: string,
  onFile: OnFile,
): Promise<LoadedDictionary> {
  const paths = listAt(source.content, ["dictionaries"]).map((path) => (typeof path === "string" ? path : ""));
  const files = paths.map((path) => (path === "" ? "" : resolve(folder, path)));
  const named = files.filter((file) => file !== "");
  const clients = listAt(source.content, ["clients"]);
  const needed = clients.some((client) => valueAt(client, ["replyAttributes"]) !== undefined);
  if (named.length === 0) return { dictionary: needed ? await Dictionary.standard() : undefined, errors: [] };
  const loaded = await Dictionary.load(named, onFile);
  if (loaded instanceof Dictionary) return { dictionary: loaded, errors: [] };
  return { dictionary: undefined, errors: loaded.errors.map((error) => placed(source, files, error)) };
}

/** What is wrong inside a dictionary stands there; that one cannot be read stands where it is named. */
function placed(source: SourceDocument, files: readonly string[], error: DictionaryError): ConfigurationError {
  if (error.line !== undefined) return { path: "", ...error };
  return source.errorAt(["dictionaries", Math.max(0, files.indexOf(error.file))], error.message);
}
