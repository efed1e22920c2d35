import { type Product, type ProductOptions, startProduct } from "../product/product.js";
import { CommandError } from "../terminal/fail.js";

/** What a person does when a port can't be had. */
export const LISTEN_ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: "Another program uses it. Stop that one, or choose another port in the configuration (radius.listen).",
  EACCES: "This user may not use it. Ports below 1024 need more rights; choose another one (radius.listen).",
  EADDRNOTAVAIL: "This machine has no such address. Choose one that it has, or 0.0.0.0 for all (radius.listen).",
  TLS_FILES_WRONG: "Look at certificate, key and ca of this listener in the configuration (radius.listen).",
};

/** Starts the product, or says in words why it can't. */
export async function startOrFail(options: ProductOptions): Promise<Product> {
  try {
    return await startProduct(options);
  } catch (error) {
    options.folder.release();
    const cause = error instanceof Error ? error.cause : undefined;
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    const advice = LISTEN_ADVICE[code];
    if (advice !== undefined && error instanceof Error) throw new CommandError(`${error.message}\n${advice}`);
    throw error;
  }
}
