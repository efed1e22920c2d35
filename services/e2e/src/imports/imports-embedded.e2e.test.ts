import { startEmbeddedProduct } from "../harness/product-under-test.js";
import { describeImports } from "./imports-behaviour.js";

describeImports("embedded", startEmbeddedProduct);
