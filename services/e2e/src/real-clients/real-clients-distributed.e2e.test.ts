import { startDistributedProduct } from "../harness/product-under-test.js";
import { describeRealClients } from "./real-clients-behaviour.js";

describeRealClients("distributed", startDistributedProduct);
