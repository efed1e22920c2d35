import { startEmbeddedProduct } from "../harness/product-under-test.js";
import { testConfiguration, testUsersFile } from "../harness/test-configuration.js";
import { describeLogin } from "./login-behaviour.js";

/** Two gateways in threads of their own. */
const configuration = (listen: readonly number[]): string =>
  testConfiguration(listen).replace("radius: { listen", "radius: { udpWorkers: 2, listen");

describeLogin("embedded with two UDP workers", () =>
  startEmbeddedProduct({ configuration, usersFile: testUsersFile() }),
);
