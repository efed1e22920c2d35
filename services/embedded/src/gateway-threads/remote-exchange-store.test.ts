import { MessageChannel } from "node:worker_threads";
import { MemoryPendingStore, type PendingStore } from "@portcullis/login";
import { describePendingStore } from "../../../libs/login/src/pending-store.contract.js";
import { Peer } from "./peer.js";
import { exchangeStoreHandlers, RemoteExchangeStore, WakeHandlers } from "./remote-exchange-store.js";

class HandClock {
  timeMs = 1_763_726_400_000;

  nowMs(): number {
    return this.timeMs;
  }
}

describePendingStore("of another thread", async () => {
  const clock = new HandClock();
  const owned = new MemoryPendingStore(clock);
  const { port1, port2 } = new MessageChannel();
  const owner: Peer = new Peer(
    port1,
    exchangeStoreHandlers(owned, () => owner),
  );
  const wakes = new WakeHandlers();
  const remote = new RemoteExchangeStore(new Peer(port2, wakes.handlers()), wakes);
  const pass = async (durationMs: number): Promise<void> => {
    clock.timeMs += durationMs;
  };
  const close = async (): Promise<void> => {
    await owned.close();
    port1.close();
    port2.close();
  };
  return { store: withExchangesOf(remote, owned), pass, close };
});

/** The exchanges by the way between the threads, everything else at the owner: a gateway needs no more. */
function withExchangesOf(remote: RemoteExchangeStore, owned: MemoryPendingStore): PendingStore {
  return new Proxy<PendingStore>(owned, {
    get: (_target, name) => {
      const from = name in remote ? remote : owned;
      const method: unknown = Reflect.get(from, name);
      return typeof method === "function" ? method.bind(from) : method;
    },
  });
}
