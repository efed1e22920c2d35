import { startDistributedProduct } from "../harness/product-under-test.js";
import { describeClients } from "./clients-behaviour.js";

describeClients("distributed", startDistributedProduct);
