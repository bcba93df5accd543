import { defineConfig } from 'vitest/config';

const report = process.env.UNLEAK_TEST_REPORT;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/setup/build.ts'],
    // Tests spawn git, browsers and the built command: two cores finish each in seconds, a busy machine may not.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // CI counts tests from the JSON report.
    ...(report && { reporters: ['default', 'json'], outputFile: { json: report } }),
  },
});
