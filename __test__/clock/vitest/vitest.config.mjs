// A plain vitest project. The package is treated as what it is for its users, a dependency in node_modules,
// which vitest does not transform.

import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['*.spec.mjs'],
    cache: false,
    server: { deps: { external: [/\/index\.mjs$/] } },
  },
})
