// The thread in which PGlite runs. It starts from source too (in tests), so it may import nothing of ours but types.
import { parentPort, workerData } from "node:worker_threads";
import { PGlite } from "@electric-sql/pglite";
import type { PgliteRequest, PgliteResponse } from "./pglite-messages.js";

const pglite = await PGlite.create(workerData as string);

parentPort?.on("message", (request: PgliteRequest) => {
  // PGlite runs one after the other, in the order in which it was called.
  void answer(request).then((response) => parentPort?.postMessage(response));
});
parentPort?.postMessage({ id: 0, rows: [], affectedRows: undefined } satisfies PgliteResponse);

async function answer(request: PgliteRequest): Promise<PgliteResponse> {
  const { id } = request;
  try {
    if ("close" in request) {
      await pglite.close();
      parentPort?.unref();
      return { id, rows: [], affectedRows: undefined };
    }
    const { rows, affectedRows } = await pglite.query(request.text, [...request.parameters]);
    return { id, rows, affectedRows };
  } catch (error) {
    // The error's own fields hold the query and its parameters: only these two leave.
    const { message, code } = error as Error & { readonly code?: string };
    return { id, failure: message, code };
  }
}
