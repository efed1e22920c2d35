import { startEmbeddedProduct } from "../harness/product-under-test.js";
import { describeNotifications } from "./notifications-behaviour.js";

describeNotifications("embedded", startEmbeddedProduct);
