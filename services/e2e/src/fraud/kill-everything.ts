import { SERVICES } from "../distributed/service-process.js";
import type { ProductUnderTest } from "../harness/product-under-test.js";

/** SIGKILL to every process of the product and of its stores, as fast as signals can be sent. */
export async function killEverything(product: ProductUnderTest): Promise<void> {
  const stores = Object.values(storesOf(product));
  await Promise.all([...processesOf(product), ...stores].map((victim) => victim.kill()));
}

/** Starts them again on what they have left on the disk: the stores, then everything else. */
export async function startEverything(product: ProductUnderTest): Promise<void> {
  await Promise.all(Object.values(storesOf(product)).map((store) => store.restart()));
  await Promise.all(processesOf(product).map((process) => process.restart()));
}

function storesOf({ stores }: ProductUnderTest) {
  if (stores === undefined) return {};
  const { kafka, redis, postgres } = stores;
  return { kafka, redis, postgres };
}

/** Embedded, all services are one process. */
function processesOf(product: ProductUnderTest) {
  return [...new Set(SERVICES.flatMap((service) => product.processesOf(service)))];
}
