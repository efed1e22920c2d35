import { startDistributedProduct } from "../harness/product-under-test.js";
import { describeVpn } from "./vpn-behaviour.js";

describeVpn("distributed", startDistributedProduct);
