import { startDistributedProduct } from "../harness/product-under-test.js";
import { describeSecrets } from "./secrets-behaviour.js";

describeSecrets("distributed", startDistributedProduct);
