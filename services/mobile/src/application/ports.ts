import type { MobileSettings } from "@portcullis/configuration";
import type { LoginId, UserId } from "@portcullis/login";
import type { Device, DeviceId, DeviceKey, DeviceUser } from "../domain/device.js";
import type { DeviceProof } from "../domain/device-proof.js";
import type { ChallengeId } from "../domain/inbox.js";

/** What the configuration says of the app. */
export interface Settings {
  /** Undefined while the configuration has no such section. */
  readonly current: MobileSettings | undefined;
}

/** The copy of the users. */
export interface Users {
  /** An older generation than what is here changes nothing. */
  keep(user: DeviceUser & { readonly generation: bigint }): Promise<void>;
  findByLoginName(loginName: string): Promise<DeviceUser | undefined>;
}

export interface DeviceAndUser {
  readonly device: Device;
  readonly user: DeviceUser;
}

export type Activated =
  | ({ readonly kind: "activated" } & DeviceAndUser)
  /** Wrong, used, expired, or of somebody who is switched off: all the same to whoever asks. */
  | { readonly kind: "refused" }
  | { readonly kind: "too-many-devices" };

/** Devices and the codes that they are activated with. */
export interface Devices {
  /** Keeps a code until it is used or its time is over; an earlier one of the same user is good no longer. */
  keepCode(code: {
    readonly digest: string;
    readonly userId: UserId;
    readonly expiresAtMs: number;
    readonly nowMs: number;
  }): Promise<void>;
  /**
   * Uses up a code and makes a device, or does neither: in one transaction, so that of many at once one wins.
   * @param make given whose code it is
   */
  activate(
    code: { readonly digest: string; readonly maxDevices: number; readonly nowMs: number },
    make: (user: DeviceUser) => Device,
  ): Promise<Activated>;
  /** An active device and its user, who may be switched off. */
  find(deviceId: DeviceId): Promise<DeviceAndUser | undefined>;
  /** Active devices of a user who may log in; none otherwise. The oldest first. */
  usable(userId: UserId): Promise<readonly Device[]>;
  /** Active devices of a user, whether or not she may log in. */
  list(userId: UserId): Promise<readonly Device[]>;
  /** Notes when a device called. */
  seen(deviceId: DeviceId, nowMs: number): Promise<void>;
  /** @returns false when there is no such active device */
  subscribe(deviceId: DeviceId, subscription: StoredSubscription | undefined): Promise<boolean>;
  /** Forgets a subscription, unless there is another one by now. */
  endSubscription(deviceId: DeviceId, endpointDigest: string): Promise<void>;
  /** Makes a device inactive, for good. @returns undefined when there is no such active device */
  remove(deviceId: DeviceId, nowMs: number): Promise<Device | undefined>;
  /** Devices whose last change nobody has been told about since then. */
  unannounced(changedBeforeMs: number, limit: number): Promise<readonly Device[]>;
  /** Gives every active device a new generation, which nobody has been told about. */
  changeAll(nowMs: number): Promise<void>;
  /** This generation has been told; a device that was removed is forgotten. */
  announced(device: Pick<Device, "deviceId" | "generation">): Promise<void>;
}

export interface StoredSubscription {
  readonly sealed: Uint8Array;
  /** SHA-256 of the endpoint, in hexadecimal. */
  readonly endpointDigest: string;
}

/** The records of an inbox as they are stored. */
export interface InboxItem {
  readonly challengeId: ChallengeId;
  /** Of two items of one challenge the one of the higher rank stands. */
  readonly rank: number;
  readonly expiresAtMs: number;
  readonly value: Uint8Array;
}

/** `same`: one of this rank is there already. `overtaken`: one of a higher rank is. `full`: there is no room. */
export type Put = "put" | "same" | "overtaken" | "full";

/** What the devices of each user find, the same on every replica. Fails with `Unavailable` while it is away. */
export interface InboxStore {
  put(userId: UserId, item: InboxItem): Promise<Put>;
  /** What has not expired, in no order. */
  list(userId: UserId): Promise<readonly InboxItem[]>;
  /**
   * Has `onChange` called soon after anything of a user has changed on any replica; without a user, when changes may have
   * been missed. One listener a replica.
   */
  listen(onChange: (userId: UserId | undefined) => void): void;
  close(): Promise<void>;
}

/** At most this many items of one user; one more is refused. */
export const MAX_INBOX_ITEMS = 64;

/** Remembers what must not come twice, over all replicas. Fails with `Unavailable` while it is away. */
export interface ReplayGuard {
  /** @returns true when `key` has not been seen for as long as it was to be remembered */
  isFirst(key: string, rememberMs: number): Promise<boolean>;
}

/** The signatures of devices. */
export interface Signatures {
  /** Whether it is a key on the curve. */
  isKey(key: DeviceKey): Promise<boolean>;
  /** Which device a token says it is of; nothing has been proven by that. */
  claimedDevice(token: string): DeviceId | undefined;
  /** @returns what was signed, or undefined when it was not signed by this key */
  verify(token: string, key: DeviceKey): Promise<DeviceProof | undefined>;
}

/** Looks up names of hosts. */
export interface Hosts {
  /** @returns its addresses; none when there is no such host, or nobody can say */
  addressesOf(host: string): Promise<readonly string[]>;
}

export interface GivenAnswer {
  readonly challengeId: ChallengeId;
  readonly loginId: LoginId;
  readonly userId: UserId;
  readonly deviceId: DeviceId;
  readonly attempt: number;
  readonly word: AnswerWord;
  readonly pin: string;
  readonly matched: string;
  readonly answeredAtMs: number;
  readonly deadlineMs: number;
}

export type AnswerWord = "approve" | "deny" | "fraud";

export interface ReportedFraud {
  readonly reportId: string;
  readonly userId: UserId;
  readonly loginId: LoginId;
  readonly userName: string;
  readonly client: string;
  readonly application: string;
  readonly station: string;
  readonly sourceAddress: string;
  readonly reportedAtMs: number;
}

export interface ReportedDelivery {
  readonly challengeId: ChallengeId;
  readonly loginId: LoginId;
  readonly userId: UserId;
  readonly outcome: "sent" | "unreachable";
  readonly reportedAtMs: number;
  readonly deadlineMs: number;
}

export interface RequestedPush {
  readonly challengeId: ChallengeId;
  readonly userId: UserId;
  readonly deviceId: DeviceId;
  readonly sealedSubscription: Uint8Array;
  readonly deadlineMs: number;
}

/** What others are told. Each resolves when it is durable, and fails with `Unavailable` when that can't be had. */
export interface MobileEvents {
  factorAnswered(answer: GivenAnswer): Promise<void>;
  fraudReported(report: ReportedFraud): Promise<void>;
  deliveryReported(report: ReportedDelivery): Promise<void>;
  pushRequested(push: RequestedPush): Promise<void>;
  /** One that is inactive is gone for good. */
  deviceChanged(device: Device): Promise<void>;
}
