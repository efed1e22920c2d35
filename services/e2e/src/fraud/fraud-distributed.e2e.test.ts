import { startDistributedProduct } from "../harness/product-under-test.js";
import { describeFraud } from "./fraud-behaviour.js";

describeFraud("distributed", startDistributedProduct);
