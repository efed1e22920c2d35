import { startDistributedProduct } from "../harness/product-under-test.js";
import { describeTargets } from "./targets-behaviour.js";

describeTargets("distributed", startDistributedProduct);
