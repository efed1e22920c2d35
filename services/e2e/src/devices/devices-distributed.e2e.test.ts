import { startDistributedProduct } from "../harness/product-under-test.js";
import { describeDevices } from "./devices-behaviour.js";
import { describeKilledReplica } from "./killed-replica-behaviour.js";

describeDevices("distributed", startDistributedProduct, describeKilledReplica);
