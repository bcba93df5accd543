import { defineConfig } from 'vitest/config';
export default defineConfig({ root: '/work/wt/git', test: { include: ['test/**/*.test.ts'], testTimeout: 60000, hookTimeout: 120000 } });
