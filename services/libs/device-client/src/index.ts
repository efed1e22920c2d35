export { activateDevice, type DeviceToActivate } from "./activate-device.js";
export {
  type AnswerOutcome,
  type DeviceAnswer,
  type DeviceAnswerToGive,
  DeviceCallRefused,
  DeviceClient,
  type InboxAnswer,
  type PushSubscriptionToSend,
  type ShownChallenge,
} from "./device-client.js";
export { type CallToSign, type Signer, signCall } from "./sign-call.js";
export { readDevice, type StoredDevice, writeDevice } from "./stored-device.js";
