import { canonicalAddress, certificateFiles, type SecretsByPath, secretAt } from "./build-configuration.js";
import type { Configuration, HttpListenEntry, PolicyEntry } from "./configuration.js";
import type { FileContent } from "./schema/file-schema.js";
import type { Secret } from "./secrets/secret.js";
import type { MobileSettings } from "./settings/mobile-settings.js";
import type { NotificationsSettings, ProviderSettings } from "./settings/notifications-settings.js";
import { canonicalGroups } from "./values/group-names.js";
import { canonicalUrl } from "./values/network-names.js";
import { checkSenderPhone, phoneOf } from "./values/phone.js";
import type { ContentPath } from "./yaml/content-path.js";

type NotificationsContent = NonNullable<FileContent["notifications"]>;
type Provider = ProviderSettings<Secret>;

/** The sections of second factors, as far as the file has them; their shape and secrets were checked. */
export function sectionsOf(
  content: FileContent,
  secrets: SecretsByPath,
  folder: string,
): Pick<Configuration, "notifications" | "mobile" | "fraud" | "http"> {
  const { notifications, mobile, fraud, http } = content;
  return {
    ...(notifications === undefined ? {} : { notifications: notificationsOf(notifications, secrets) }),
    ...(mobile === undefined ? {} : { mobile: mobileOf(mobile, notifications) }),
    ...(fraud === undefined ? {} : { fraud }),
    ...(http === undefined ? {} : { http: { listen: http.listen.map((listen) => httpListenOf(listen, folder)) } }),
  };
}

export function policyEntry(content: FileContent["policies"][number]): PolicyEntry {
  const { groups, trustedNetworks } = content;
  const canonical = {
    ...content,
    groups: groups === undefined ? undefined : canonicalGroups(groups),
    trustedNetworks: trustedNetworks?.map(canonicalAddress),
  };
  // What is absent is left to others, and must not be there as undefined.
  return Object.fromEntries(
    Object.entries(canonical).filter(([, value]) => value !== undefined),
  ) as unknown as PolicyEntry;
}

function notificationsOf(
  { publicUrl, providers, webPush, texts }: NotificationsContent,
  secrets: SecretsByPath,
): NotificationsSettings<Secret> {
  const path = ["notifications"];
  return {
    ...(publicUrl === undefined ? {} : { publicUrl: canonicalUrl(publicUrl) }),
    providers: providers.map((provider, at) => providerOf(provider, [...path, "providers", at], secrets)),
    ...(webPush === undefined
      ? {}
      : { webPush: { ...webPush, privateKey: secretAt(secrets, [...path, "webPush", "privateKey"]) } }),
    texts,
  };
}

function providerOf(
  content: NotificationsContent["providers"][number],
  path: ContentPath,
  secrets: SecretsByPath,
): Provider {
  const secret = (key: string) => secretAt(secrets, [...path, key]);
  switch (content.type) {
    case "twilio":
      return {
        ...content,
        authToken: secret("authToken"),
        from: canonicalSender(content.from),
        apiUrl: canonicalUrl(content.apiUrl),
      };
    case "smpp":
      return { ...content, password: secret("password"), from: canonicalSender(content.from) };
    case "http": {
      const names = Object.keys(content.headers);
      const headers = names.map((name) => [name, secretAt(secrets, [...path, "headers", name])] as const);
      return { ...content, headers: Object.fromEntries(headers) };
    }
    case "smtp": {
      const { password, ...rest } = content;
      return password === undefined ? rest : { ...rest, password: secret("password") };
    }
    case "outbox":
      return content;
  }
}

/** Short numbers and names stay as they are. */
function canonicalSender(text: string): string {
  return checkSenderPhone(text) === undefined ? phoneOf(text).number : text;
}

function mobileOf(
  { publicUrl, ...rest }: NonNullable<FileContent["mobile"]>,
  notifications: NotificationsContent | undefined,
): MobileSettings {
  const key = notifications?.webPush?.publicKey;
  return { publicUrl: canonicalUrl(publicUrl), ...rest, ...(key === undefined ? {} : { vapidPublicKey: key }) };
}

function httpListenOf(
  { address, port, tls }: NonNullable<FileContent["http"]>["listen"][number],
  folder: string,
): HttpListenEntry {
  return { address, port, ...(tls === undefined ? {} : { tls: certificateFiles(tls, folder) }) };
}
