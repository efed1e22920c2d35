import { create } from "@bufbuild/protobuf";
import type { EventBus } from "@portcullis/kit";
import { UserChangedSchema } from "@portcullis/proto";
import type { UserAnnouncer } from "../../application/ports.js";
import type { KeptUser } from "../../domain/user.js";

/** Announces users as `UserChanged`. A removed one goes out disabled first, which is what consumers act on, then empty. */
export class BusUserAnnouncer implements UserAnnouncer {
  readonly #bus: EventBus;

  constructor(bus: EventBus) {
    this.#bus = bus;
  }

  async announce(user: KeptUser): Promise<void> {
    const { userId, generation, name, loginName, enabled, groups, removed } = user;
    const state = create(UserChangedSchema, {
      userId,
      generation: BigInt(generation),
      name,
      loginName,
      enabled: enabled && !removed,
      groups: [...groups],
    });
    await this.#bus.publishState(UserChangedSchema, userId, state);
    if (removed) await this.#bus.publishState(UserChangedSchema, userId, undefined);
  }
}
