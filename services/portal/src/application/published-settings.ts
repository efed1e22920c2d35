import { type Configuration, revealingJson, Secret } from "@portcullis/configuration";
import type { PublishedSetting } from "./ports.js";

/** Sections that travel whole, in the order in which they are published. */
const SECTIONS = ["notifications", "mobile", "fraud"] as const;

export type SectionName = (typeof SECTIONS)[number];

/** The sections that the file has; one that it has not stays as if nobody had thought of it. */
export function publishedSettings(configuration: Pick<Configuration, SectionName>): PublishedSetting[] {
  return SECTIONS.flatMap((name) => {
    const section = configuration[name];
    return section === undefined ? [] : [{ name, value: new Secret(revealingJson(section)) }];
  });
}
