/** The layering of style rules 1 to 4: which folder may import which. */
/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "libs-know-no-service",
      severity: "error",
      from: { path: "^services/libs/" },
      to: { path: "^services/(?!libs/)" },
    },
    {
      name: "services-know-no-other-service",
      comment: "They meet in proto and libs. Only embedded and e2e put them together.",
      severity: "error",
      from: { path: "^services/(?!libs/|embedded/|e2e/)([^/]+)/" },
      to: { path: "^services/(?!libs/)", pathNot: "^services/$1/" },
    },
    {
      name: "domain-is-pure",
      comment: "domain imports itself, the words of the login and node:crypto.",
      severity: "error",
      from: { path: "/src/domain/", pathNot: "\\.test\\.ts$" },
      to: {
        pathNot: ["/src/domain/", "^services/libs/login/src/", "^services/libs/kit/src/", "^(node:)?(crypto|net)$"],
      },
    },
    {
      name: "application-knows-no-adapter",
      severity: "error",
      from: { path: "/src/application/", pathNot: "\\.test\\.ts$" },
      to: {
        path: [
          "/src/adapters/",
          "\\.module\\.ts$",
          "^services/libs/radius/",
          "node_modules/(@nestjs|kysely|kafkajs|ioredis)",
        ],
      },
    },
    {
      name: "modules-are-seen-by-none",
      severity: "error",
      from: { path: "/src/(domain|application|adapters)/" },
      to: { path: "^services/(?!libs/)[^/]+/src/[^/]+\\.module\\.ts$" },
    },
    {
      name: "codec-stands-alone",
      severity: "error",
      from: { path: "^services/libs/radius/src/", pathNot: "\\.test\\.ts$" },
      to: { path: "^(services|proto)/", pathNot: "^services/libs/radius/" },
    },
    {
      name: "kit-knows-no-login",
      severity: "error",
      from: { path: "^services/libs/kit/src/", pathNot: "\\.test\\.ts$" },
      to: { path: "^services/", pathNot: "^services/libs/kit/" },
    },
    {
      name: "tests-are-not-product",
      severity: "error",
      from: { path: "^services/", pathNot: ["\\.test\\.ts$", "\\.contract\\.ts$", "^services/(e2e|libs/testkit)/"] },
      to: { path: ["^services/libs/testkit/", "node_modules/(vitest|fast-check)"] },
    },
  ],
  options: {
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    // Tests may see everything, and the parser does not know their `using` declarations.
    exclude: { path: "(^|/)(node_modules|dist|coverage)(/|$)|^proto/gen/|\\.test\\.ts$" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["@portcullis/source", "import", "types", "node", "default"],
    },
  },
};
