/** The version of @spectrai/core; a test keeps it equal to package.json's. */
export const coreVersion = "0.1.0";
