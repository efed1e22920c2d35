import { startEmbeddedProduct } from "../harness/product-under-test.js";
import { describeDevices } from "./devices-behaviour.js";

describeDevices("embedded", startEmbeddedProduct);
