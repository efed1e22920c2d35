import { openPglite } from "../database/database.js";
import { describeTableResealer } from "./table-resealer.contract.js";

describeTableResealer("PGlite", () => openPglite("memory://"));
