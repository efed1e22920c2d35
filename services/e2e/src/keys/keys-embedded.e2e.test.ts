import { startEmbeddedProduct } from "../harness/product-under-test.js";
import { describeKeys } from "./keys-behaviour.js";

describeKeys("embedded", startEmbeddedProduct);
