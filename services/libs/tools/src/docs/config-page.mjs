// docs/reference/config.md: the configuration file, users.csv, and the environment variables of each service.
import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** @param {string} root of the repository, built */
export async function configPage(root) {
  const { configurationReference, schemaTable } = await built(root, "libs/configuration/dist/index.js");
  const { PlatformEnvironment } = await built(root, "libs/kit/dist/platform-environment.js");
  const platform = propertiesOf(PlatformEnvironment);
  let page = `${configurationReference()}
## Environment

Settings of the processes. An unknown \`PORTCULLIS_*\` variable stops the start, with what was
probably meant; a secret that \`fromEnv\` names therefore needs a name that begins in another way.

### Every service

${schemaTable(platform)}
`;
  for (const service of servicesOf(root)) {
    const { Environment } = await built(root, `${service}/dist/config.js`);
    if (Environment === undefined) continue;
    page += `\n### ${service}\n\n${settingsOf(propertiesOf(Environment), platform, schemaTable)}\n`;
  }
  return page;
}

/** What a service knows beside the settings of every service; the embedded product stands alone and knows none of those. */
function settingsOf(environment, platform, schemaTable) {
  const standsAlone = platform.required.some((name) => !(name in environment.properties));
  if (standsAlone) return `Not those of every service, but:\n\n${schemaTable(environment)}`;
  const own = without(environment, platform);
  return Object.keys(own.properties).length === 0 ? "No other settings." : schemaTable(own);
}

function servicesOf(root) {
  const services = readdirSync(resolve(root, "services")).sort();
  return services.filter((service) => existsSync(resolve(root, "services", service, "dist/config.js")));
}

function propertiesOf(environment) {
  return environment.toJSONSchema({ io: "input" });
}

/** The settings that are not those of the platform, or differ from them. */
function without({ properties, required }, platform) {
  const own = Object.entries(properties).filter(
    ([name, node]) => JSON.stringify(node) !== JSON.stringify(platform.properties[name]),
  );
  return { properties: Object.fromEntries(own), required };
}

function built(root, path) {
  return import(pathToFileURL(resolve(root, "services", path)).href);
}
