import { stat } from "node:fs/promises";

/** Files that are looked at side by side; a configuration may name thousands. */
const AT_ONCE = 64;

/**
 * What tells that a file is another one than before, without reading it. A link is followed: where whole folders are
 * replaced by turning a link (Kubernetes does it with ConfigMaps and Secrets), the file behind it has another inode.
 * @returns a text that only compares; a file that is missing or may not be looked at has one too
 */
export async function stampOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(" ");
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : "unknown";
  }
}

/** The stamps of several files as they are now, in one text. */
export async function stampsOf(paths: readonly string[]): Promise<string> {
  const stamps: string[] = [];
  for (let from = 0; from < paths.length; from += AT_ONCE) {
    stamps.push(...(await Promise.all(paths.slice(from, from + AT_ONCE).map(stampOf))));
  }
  return stamps.join("\n");
}
