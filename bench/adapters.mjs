// `npm run bench:adapters`: what the adapters cost an app, beside the stores that it would have otherwise.
// Lives here: the command line and the order of a run. What is measured belongs in adapters/.
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createProject } from '../__test__/adapters/installation.mjs'
import { readJson } from '../__test__/consumers/release.mjs'
import { startProgress } from '../scripts/progress.mjs'
import { startRedis } from '../scripts/redis.mjs'
import { root } from '../scripts/run.mjs'
import { stop } from '../scripts/setup.mjs'
import { measureMemory } from './adapters/memory.mjs'
import { adaptersFailures, adaptersTables } from './adapters/report.mjs'
import { measureRequests } from './adapters/requests.mjs'
import { writeTables } from './documents.mjs'
import { readOptions } from './options.mjs'
import { drawPictures } from './plots.mjs'
import { circumstances, writeResults } from './report.mjs'
import { setUpBench } from './setup.mjs'

const HELP = `npm run bench:adapters -- [options]

  (none)        everything, in under 15 minutes; writes bench/results and the tables in docs/
  --quick       everything once and small: whether it works, not how fast; writes target/bench
  --out folder  where results are written

It needs a Redis or Valkey server, of which it starts one.
`

const MODES = {
  full: {
    folder: join('bench', 'results'),
    requests: { sessions: 20_000, connections: 32, rounds: 7, windowMs: 2000, warmUpMs: 2000 },
    memory: { size: 100_000, rounds: 3 },
  },
  quick: {
    folder: join('target', 'bench', 'quick'),
    requests: { sessions: 640, connections: 32, rounds: 1, windowMs: 200, warmUpMs: 200 },
    memory: { size: 2000, rounds: 1 },
  },
}

const values = readOptions(HELP)

// As apps run; all processes of a run inherit it.
process.env.NODE_ENV = 'production'

/** The packed package in a project beside the libraries, as users have it. */
async function createBenchProject() {
  const progress = startProgress('project with the package and the libraries')
  const files = fileURLToPath(new URL('adapters/project/', import.meta.url))
  const { folder } = await createProject('../../bench/adapters/', files)
  progress.end('ok')
  return folder
}

function versionsIn(folder) {
  const libraries = dirname(folder)
  const names = Object.keys(readJson(libraries, 'package.json').dependencies)
  return Object.fromEntries(
    names.map((name) => [name, readJson(libraries, 'node_modules', name, 'package.json').version]),
  )
}

await setUpBench()
const mode = values.quick ? 'quick' : 'full'
const { folder: results, ...plan } = MODES[mode]
const server = await startRedis()
if (server.lacks) stop(server.lacks)

const { createClient } = await import('@redis/client')
const client = await createClient({ url: server.url }).connect()
const folder = await createBenchProject()
let run
try {
  const context = {
    project: pathToFileURL(join(folder, 'load.mjs')).href,
    redisUrl: server.url,
  }
  run = {
    mode,
    ...circumstances(),
    plan,
    versions: versionsIn(folder),
    redisServer: server.version,
    requests: await measureRequests({ ...context, plan: plan.requests }, client),
    memory: await measureMemory({ ...context, plan: plan.memory }),
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
  await client.close()
  await server.stop()
}

for (const text of Object.values(adaptersTables(run))) console.log(`\n${text}`)
console.log()
const target = values.out ?? join(root, results)
const written = [writeResults(target, 'adapters', run), ...drawPictures(target)]
if (mode === 'full' && values.out === undefined) written.push(...writeTables('adapters', run))
for (const file of written) console.log(`wrote ${file}`)

const failures = adaptersFailures(run)
for (const failure of failures) console.log(`FAIL  ${failure}`)
if (failures.length > 0) process.exitCode = 1
