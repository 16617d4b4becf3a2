// `npm run bench:diagnostics`: what the diagnostics channels cost while nobody subscribes, and what a subscriber costs.
// Lives here: the rounds, and what comes of them. What a process measures belongs in diagnostics/process.mjs.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from '../scripts/run.mjs'
import { MANNERS, diagnosticsTables } from './diagnostics/report.mjs'
import { writeTables } from './documents.mjs'
import { readOptions } from './options.mjs'
import { circumstances, writeResults } from './report.mjs'
import { setUpBench } from './setup.mjs'
import { summarizeEach } from './statistics.mjs'

const HELP = `npm run bench:diagnostics -- [options]

  (none)        everything, in some four minutes; writes bench/results and the table in docs/
  --quick       everything once and small: whether it works, not how fast; writes target/bench
  --out folder  where results are written
`

const MODES = {
  full: { folder: join('bench', 'results'), processes: 12, rounds: 20 },
  quick: { folder: join('target', 'bench', 'quick'), processes: 1, rounds: 1 },
}

const options = readOptions(HELP)
const { folder, processes, rounds } = options.quick ? MODES.quick : MODES.full
await setUpBench()
const file = join(import.meta.dirname, 'diagnostics', 'process.mjs')
const measured = Object.fromEntries(Object.keys(MANNERS).map((manner) => [manner, []]))

// Each in a process of its own: once somebody has subscribed, what V8 has compiled is never the same again.
for (let process = 0; process < processes; process++) {
  for (const [manner, all] of Object.entries(measured)) {
    const output = execFileSync(globalThis.process.execPath, [file, manner, String(rounds)])
    all.push(JSON.parse(output))
  }
}

const cells = Object.fromEntries(
  Object.entries(measured).map(([manner, all]) => [manner, summarizeEach(all)]),
)
const results = { ...circumstances(), cells }
console.log(Object.values(diagnosticsTables(results)).join('\n\n'))
console.log(writeResults(options.out ?? join(root, folder), 'diagnostics', results))
if (!options.quick && options.out === undefined) {
  for (const document of writeTables('diagnostics', results)) console.log(document)
}
