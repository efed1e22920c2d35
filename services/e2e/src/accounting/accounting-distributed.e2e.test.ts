import { startDistributedProduct } from "../harness/product-under-test.js";
import { describeAccounting, describeAccountingOutages } from "./accounting-behaviour.js";

describeAccounting("distributed", startDistributedProduct);
describeAccountingOutages(startDistributedProduct);
