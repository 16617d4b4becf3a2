// Runs the vitest project under vitest/ once in each pool. The tests themselves are the spec files there.

import { fileURLToPath } from 'node:url'
import { describeProject } from './runner.mjs'

const cwd = fileURLToPath(new URL('./vitest/', import.meta.url))

for (const pool of ['threads', 'forks', 'vmThreads']) {
  describeProject(`vitest, pool ${pool}`, 'vitest', {
    cwd,
    args: ['run', `--pool=${pool}`, '--reporter=json', '--maxWorkers=1'],
    specs: /\.spec\.mjs$/,
  })
}
