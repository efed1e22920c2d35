import { startEmbeddedProduct } from "../harness/product-under-test.js";
import { describeOnePush } from "./one-push-behaviour.js";

describeOnePush("embedded", startEmbeddedProduct, ["nobody"]);
