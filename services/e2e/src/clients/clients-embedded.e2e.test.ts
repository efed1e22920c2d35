import { startEmbeddedProduct } from "../harness/product-under-test.js";
import { describeClients } from "./clients-behaviour.js";

describeClients("embedded", startEmbeddedProduct);
