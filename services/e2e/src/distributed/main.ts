import { leaveOnSignal } from "@portcullis/kit";
import { codeCommandOf, DEMO, demoConfiguration } from "./demo-configuration.js";
import { startDistributed } from "./distributed.js";

/** `make run-distributed`: everything on this machine, two replicas of each service, behind two RADIUS ports. */
const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

say("Starting (about half a minute):");
const distributed = await startDistributed({
  configuration: demoConfiguration(),
  onStep: (step) => say(`  ${step}`),
});
leaveOnSignal(async () => {
  say("\nLeaving: logins that wait are finished first.");
  await distributed.stop();
  say("Stopped. Nothing is kept.");
});

const [first, second] = distributed.radiusPorts;
const audit = distributed.replicasOf("fraud-reporter")[0]?.httpUrl;
say(`
Portcullis is ready, distributed.

  RADIUS servers  127.0.0.1:${first} and 127.0.0.1:${second}  (UDP; two gateways)
  shared secret   ${DEMO.secret}
  user            ${DEMO.user}
  password        ${DEMO.password}
  TOTP secret     ${DEMO.totp}

  node_modules/.bin/portcullis login --server 127.0.0.1:${first} --secret ${DEMO.secret} --user ${DEMO.user} --password '${DEMO.password}'
  ${codeCommandOf(DEMO.totp)}
  node_modules/.bin/portcullis audit verify --url ${audit} --api-key-file ${distributed.installation.apiKeyFile}

Processes, to be killed at will:
${distributed.services.map(({ name, replica, process: { pid }, httpUrl }) => `  ${`${name}-${replica}`.padEnd(26)} pid ${pid}  ${httpUrl}`).join("\n")}

Logs: ${distributed.installation.logFolder}   Ctrl-C stops everything.`);
