import { startEmbeddedProduct } from "../harness/product-under-test.js";
import { describeAccounting } from "./accounting-behaviour.js";

describeAccounting("embedded", startEmbeddedProduct);
