import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/setup/build.ts'],
    // Tests spawn git, browsers and the built command: two cores finish them in well under a minute, a busy machine may not.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
