import { startDistributedProduct } from "../harness/product-under-test.js";
import { describeOnePush } from "./one-push-behaviour.js";

describeOnePush("distributed", startDistributedProduct, ["nobody", "radius-gateway", "challenge-orchestrator"]);
