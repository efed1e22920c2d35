import { startEmbeddedProduct } from "../harness/product-under-test.js";
import { describeTargets } from "./targets-behaviour.js";

describeTargets("embedded", startEmbeddedProduct);
