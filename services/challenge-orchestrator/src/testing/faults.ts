import { Unavailable } from "@portcullis/kit";

/** When a failing step fails: before it does anything, or after it did everything and its answer is lost. */
export type FaultMode = "before" | "after";

/** Numbers the steps that reach out of the process, and lets one of them fail, once. */
export class Faults {
  /** Names of the steps so far, in their order. */
  readonly steps: string[] = [];
  #failing: { readonly at: number; readonly mode: FaultMode } | undefined;

  /** The step with this number fails; the first is 0. */
  failAt(at: number, mode: FaultMode): void {
    this.#failing = { at, mode };
  }

  /** Every method of `target` becomes a step. */
  wrap<Target extends object>(name: string, target: Target): Target {
    return new Proxy(target, {
      get: (of, property) => {
        const method: unknown = Reflect.get(of, property, of);
        if (typeof method !== "function") return method;
        return (...values: unknown[]) => this.#step(`${name}.${String(property)}`, () => method.apply(of, values));
      },
    });
  }

  async #step(name: string, run: () => unknown): Promise<unknown> {
    const at = this.steps.push(name) - 1;
    const mode = this.#failing?.at === at ? this.#failing.mode : undefined;
    if (mode === "before") throw new Unavailable(`${name} was away.`);
    const value = await run();
    if (mode === "after") throw new Unavailable(`The answer of ${name} was lost.`);
    return value;
  }
}
