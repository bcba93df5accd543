import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const report = process.env.UNLEAK_TEST_REPORT;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/setup/build.ts'],
    // By default vitest leaves a core to itself, which takes twice as long on two; most of a test's time is git's.
    maxWorkers: Math.max(2, availableParallelism()),
    // Tests spawn git, browsers and the built command: two cores finish each in seconds, a busy machine may not.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // CI counts tests from the JSON report.
    ...(report && { reporters: ['default', 'json'], outputFile: { json: report } }),
  },
});
