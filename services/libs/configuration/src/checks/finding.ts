import type { ContentPath } from "../yaml/content-path.js";

/** What is wrong at a place of the file. */
export interface Finding {
  readonly path: ContentPath;
  readonly message: string;
}
