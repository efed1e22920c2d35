import { SERVICES } from "../distributed/service-process.js";
import type { ProductUnderTest } from "./product-under-test.js";

/** What `portcullis keys` has to be told: the key ring, and every process that uses it. */
export function keyOptionsOf(product: ProductUnderTest): readonly string[] {
  if (product.dataFolder !== undefined) return ["--data", product.dataFolder];
  return ["--file", product.keysFile, ...SERVICES.flatMap((service) => product.reach(service)).flat()];
}
