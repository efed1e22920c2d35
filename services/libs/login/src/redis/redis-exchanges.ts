import { Batcher } from "@portcullis/kit";
import {
  type Claim,
  type ClaimRequest,
  type DecidedExchange,
  type ExchangeDecision,
  type ExchangeRef,
  type ExchangeStatus,
  MAX_LOOKUP,
} from "../exchange-store.js";
import type { GatewayId } from "../ids.js";
import { StoreUnavailable } from "../pending-store.js";
import type { RedisClient } from "./redis-client.js";
import type { RedisDueIndex } from "./redis-due-index.js";
import type { RedisKeys } from "./redis-keys.js";
import { ScriptReply } from "./script-reply.js";

/** What `takeSlot` said. */
interface Slot {
  readonly taken: boolean;
  readonly nowMs: number;
  readonly counted: boolean;
  readonly previous: ExchangeRef | undefined;
}

interface EndedExchange {
  readonly client: string;
  readonly slot: string;
  readonly exchangeId: string;
  readonly untilMs: number;
}

const END_BATCH = { maxItems: 256, maxInFlight: 16, maxWaiting: 100_000 };

/** Exchanges on Redis. */
export class RedisExchanges {
  readonly #client: RedisClient;
  readonly #keys: RedisKeys;
  readonly #due: RedisDueIndex;
  readonly #onError: (error: Error) => void;
  readonly #ends: Batcher<EndedExchange, undefined>;

  constructor(parts: { client: RedisClient; keys: RedisKeys; due: RedisDueIndex; onError: (error: Error) => void }) {
    this.#client = parts.client;
    this.#keys = parts.keys;
    this.#due = parts.due;
    this.#onError = parts.onError;
    this.#ends = new Batcher((ended) => this.#endAll(ended), END_BATCH);
  }

  /**
   * The order of writes: slot and share (one step), the due entry, the record, the mark on the exchange that lost the slot.
   * The slot tells whoever has it who had it before. So killed after the first or second step, the retransmission finds the
   * slot held, but no record, and goes on from there; killed before the last, it makes the mark. Without a retransmission
   * nothing is pending: the due entry finds no record, slot and share end by themselves, and a reply to the exchange that
   * lost the slot goes to a client that expects it no more.
   */
  async claim(request: ClaimRequest): Promise<Claim> {
    const reply = await this.#takeSlot(request);
    if (reply.kind === "lost") return { kind: "abandoned" };
    if (reply.kind === "refused") return { kind: "refused" };
    const slot = slotOf(reply);
    if (!slot.taken) {
      const [known] = await Promise.all([this.#claimRecord(request, false), this.#abandonPrevious(slot, request)]);
      if (known.kind !== "none") return claimOf(known);
      if (!slot.counted && !(await this.#count(request))) return { kind: "refused" };
    }
    const record = await this.#createRecord(request);
    if (slot.taken && record.kind !== "new" && record.number(1) < slot.nowMs) {
      return this.#claimKnown(request, slot, record);
    }
    if (slot.taken) await this.#abandonPrevious(slot, request);
    return claimOf(record);
  }

  async decide(decision: ExchangeDecision): Promise<DecidedExchange> {
    const { outcome } = decision;
    const reply = new ScriptReply(
      await this.#client.run(
        "decideExchange",
        [this.#keys.exchange(decision)],
        [decision.keepMs, decision.reply, ...(outcome === undefined ? [] : [outcome])],
      ),
    );
    switch (reply.kind) {
      case "first":
        this.#end({
          client: reply.text(2),
          slot: reply.text(3),
          exchangeId: decision.exchangeId,
          untilMs: reply.number(4),
        });
        return { kind: "decided", first: true, reply: decision.reply, outcome, gateways: gatewaysOf(reply.text(1)) };
      case "again":
        return {
          kind: "decided",
          first: false,
          reply: reply.bytes(2),
          outcome: reply.optionalBytes(3),
          gateways: gatewaysOf(reply.text(1)),
        };
      case "abandoned":
        return { kind: "abandoned" };
      default:
        return { kind: "unknown" };
    }
  }

  async inspect(ref: ExchangeRef): Promise<ExchangeStatus> {
    const key = this.#keys.exchange(ref);
    const fields = new ScriptReply(
      await this.#client.command((redis) => redis.hmgetBuffer(key, "s", "x", "r", "o", "g")),
    );
    if (fields.optionalBytes(0) === undefined) return { kind: "unknown" };
    const context = fields.bytes(1);
    if (fields.kind === "a") return { kind: "abandoned", context };
    if (fields.kind === "w") return { kind: "waiting", context };
    const outcome = fields.optionalBytes(3);
    return { kind: "decided", context, reply: fields.bytes(2), outcome, gateways: gatewaysOf(fields.text(4)) };
  }

  async replies(refs: readonly ExchangeRef[]): Promise<readonly (Uint8Array | undefined)[]> {
    if (refs.length > MAX_LOOKUP) throw new RangeError(`more than ${MAX_LOOKUP} replies asked for`);
    const keys = refs.map((ref) => this.#keys.exchange(ref));
    const found = await Promise.all(keys.map((key) => this.#client.command((redis) => redis.hgetBuffer(key, "r"))));
    return found.map((reply) => (reply === null ? undefined : new Uint8Array(reply)));
  }

  async #takeSlot(request: ClaimRequest): Promise<ScriptReply> {
    const keys = [this.#keys.slot(request.client, request.slot), this.#keys.share(request.client)];
    const args = [request.exchangeId, request.userKey, request.maxExchanges, request.timeLimitMs + request.keepMs];
    return new ScriptReply(await this.#client.run("takeSlot", keys, args));
  }

  async #count(request: ClaimRequest): Promise<boolean> {
    const args = [request.exchangeId, request.maxExchanges, request.timeLimitMs + request.keepMs];
    return (await this.#client.run("countExchange", [this.#keys.share(request.client)], args)) === 1;
  }

  async #claimRecord(request: ClaimRequest, create: boolean): Promise<ScriptReply> {
    const { gatewayId, client, slot, timeLimitMs, keepMs, startsLogin } = request;
    const context = create ? request.context : "";
    const args = [create ? 1 : 0, gatewayId, client, timeLimitMs, keepMs, startsLogin ? 1 : 0, context, slot];
    return new ScriptReply(await this.#client.run("claimExchange", [this.#keys.exchange(request)], args));
  }

  #createRecord(request: ClaimRequest): Promise<ScriptReply> {
    const create = () => this.#claimRecord(request, true);
    if (!request.startsLogin) return create();
    return this.#due.addBefore({ kind: "exchange", ...refOf(request) }, request.timeLimitMs, create);
  }

  async #abandonPrevious({ previous }: Slot, request: ClaimRequest): Promise<void> {
    if (previous === undefined) return;
    const untilMs = Number(await this.#client.run("abandonExchange", [this.#keys.exchange(previous)]));
    if (untilMs > 0) this.#shorten(request.client, previous, untilMs);
  }

  /**
   * The record is older than the taking of the slot. It came by another way before (another port, another gateway's
   * address): then whoever had the slot here loses it, as with any newer request. Or this exchange had the slot once, and
   * lost it so long ago that it is forgotten there: then the slot goes back; so it does when the exchange is abandoned.
   * Or it has outlived the slot. (A younger record is of another gateway that had the same packet and was faster.)
   */
  async #claimKnown(request: ClaimRequest, slot: Slot, record: ScriptReply): Promise<Claim> {
    if (slot.counted) {
      const share = this.#keys.share(request.client);
      await this.#client.command((redis) => redis.zrem(share, request.exchangeId));
    }
    if (slot.previous === undefined) return claimOf(record);
    if (record.kind === "abandoned" || record.text(2) === request.slot) {
      await this.#client.run("returnSlot", [this.#keys.slot(request.client, request.slot)], [request.exchangeId]);
      return { kind: "abandoned" };
    }
    await this.#abandonPrevious(slot, request);
    return claimOf(record);
  }

  /** When this is lost, slot and share end at the exchange's time limit: no harm. */
  #end(ended: EndedExchange): void {
    this.#ends.add(ended).catch(this.#onError);
  }

  /** Slots and shares of decided exchanges, a script for each client. */
  async #endAll(ended: readonly EndedExchange[]): Promise<readonly undefined[]> {
    const clients = Map.groupBy(ended, ({ client }) => client);
    const scripts = [...clients].map(([client, exchanges]) => {
      const slots = exchanges.map(({ slot }) => this.#keys.slot(client, slot));
      const args = exchanges.flatMap(({ exchangeId, untilMs }) => [exchangeId, untilMs]);
      return this.#client.run("endExchanges", [this.#keys.share(client), ...slots], args);
    });
    await Promise.all(scripts);
    return ended.map(() => undefined);
  }

  /** From now on an exchange counts until `untilMs` only. When this is lost, it counts until its time limit: no harm. */
  #shorten(client: string, { exchangeId }: ExchangeRef, untilMs: number): void {
    const share = this.#keys.share(client);
    this.#client.command((redis) => redis.zadd(share, "XX", "LT", untilMs, exchangeId)).catch(this.#onError);
  }
}

function slotOf(reply: ScriptReply): Slot {
  const exchangeId = reply.text(3) as ExchangeRef["exchangeId"];
  return {
    taken: reply.kind === "taken",
    nowMs: reply.number(1),
    counted: reply.number(2) === 1,
    previous: exchangeId === "" ? undefined : { exchangeId, userKey: reply.text(4) as ExchangeRef["userKey"] },
  };
}

function claimOf(record: ScriptReply): Claim {
  switch (record.kind) {
    case "new":
      return { kind: "new", claimedAtMs: record.number(1) };
    case "joined":
      return { kind: "joined", claimedAtMs: record.number(1), ageMs: record.number(3), context: record.bytes(4) };
    case "decided":
      return { kind: "decided", claimedAtMs: record.number(1), reply: record.bytes(3) };
    case "abandoned":
      return { kind: "abandoned" };
    default:
      throw new StoreUnavailable("redis answered a claim with something unexpected");
  }
}

function refOf({ userKey, exchangeId }: ExchangeRef): ExchangeRef {
  return { userKey, exchangeId };
}

function gatewaysOf(text: string): GatewayId[] {
  return text.split(" ") as GatewayId[];
}
