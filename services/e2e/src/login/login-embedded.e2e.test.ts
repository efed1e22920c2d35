import { startEmbeddedProduct } from "../harness/product-under-test.js";
import { describeLogin } from "./login-behaviour.js";

describeLogin("embedded", startEmbeddedProduct);
