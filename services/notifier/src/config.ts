import { PlatformEnvironment } from "@portcullis/kit";

/** Settings of this service: those that every service has. */
export const Environment = PlatformEnvironment.extend({});
