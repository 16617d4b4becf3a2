// The usual configuration of vitest; the pool is chosen on the command line.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { include: ['test/*.spec.ts'] },
})
