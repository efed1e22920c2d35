import { join } from "node:path";

/** Where a running product listens for commands. In a file of its own: the commands that use it need nothing of the product. */
export const socketPathOf = (folder: string): string => join(folder, "portcullis.sock");
