// `npm run bench:threads`: what one store for all threads costs and saves.
// Lives here: the command line and the order of a run. What is measured belongs in threads/.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../scripts/run.mjs'
import { writeTables } from './documents.mjs'
import { readOptions } from './options.mjs'
import { drawPictures } from './plots.mjs'
import { circumstances, writeResults } from './report.mjs'
import { setUpBench } from './setup.mjs'
import { targetsTable } from './targets.mjs'

const HELP = `npm run bench:threads -- [options]

  (none)            everything, in two minutes; writes bench/results
  --memory          only how resident memory grows for a store of limited bytes
  --quick           everything once and small: whether it works, not how fast; writes target/bench
  --out folder      where results are written

redis-server is started if it is installed.
`

const MODES = {
  full: {
    folder: join('bench', 'results'),
    reads: { size: 10_000, rounds: 15, windowMs: 100, warmUpMs: 300 },
    sharing: { size: 100_000, rounds: 5 },
    hooks: { size: 10_000, turns: 2000, rounds: 15 },
    footprint: { maxBytes: 128 * 2 ** 20, rounds: 5 },
  },
  quick: {
    folder: join('target', 'bench', 'quick'),
    reads: { size: 1000, rounds: 3, windowMs: 10, warmUpMs: 10 },
    sharing: { size: 10_000, rounds: 1 },
    hooks: { size: 1000, turns: 50, rounds: 3 },
    footprint: { maxBytes: 16 * 2 ** 20, rounds: 1 },
  },
}

const values = readOptions(HELP, { memory: { type: 'boolean', default: false } })

await setUpBench()
// They import what is there only now.
const { measureFootprint } = await import('./threads/footprint.mjs')
const { measureHooks } = await import('./threads/hooks.mjs')
const { measureSharing } = await import('./threads/memory.mjs')
const { measureReads } = await import('./threads/readers.mjs')
const { startRedis } = await import('../scripts/redis.mjs')
const {
  footprintTable,
  footprintVerdicts,
  hooksTable,
  readsTable,
  sharingTable,
  threadsTable,
  verdicts,
} = await import('./threads/targets.mjs')

const mode = values.quick ? 'quick' : 'full'
const { folder, ...plan } = MODES[mode]

async function measureAll() {
  const redis = await startRedis()
  try {
    const reads = await measureReads({ ...plan.reads, redis })
    return { reads, redisServer: redis.version ?? redis.lacks }
  } finally {
    await redis.stop()
  }
}

function redisClient() {
  const manifest = new URL('node_modules/@redis/client/package.json', import.meta.url)
  return `@redis/client ${JSON.parse(readFileSync(manifest, 'utf8')).version}`
}

function finish(name, run, tables) {
  for (const text of tables) console.log(`\n${text}`)
  if (run.targets) console.log(`\n${targetsTable(run.targets)}`)
  const target = values.out ?? join(root, folder)
  const files = [writeResults(target, name, run), ...drawPictures(target)]
  if (mode === 'full' && values.out === undefined) files.push(...writeTables(name, run))
  for (const file of files) console.log(`wrote ${file}`)
}

const judged = (judge, run) => (mode === 'quick' ? run : { ...run, targets: judge(run) })

async function runFootprint() {
  const footprint = await measureFootprint(plan.footprint)
  const run = { mode, ...circumstances(), plan: plan.footprint, footprint }
  finish('footprint', judged(footprintVerdicts, run), [footprintTable(run)])
}

async function runThreads() {
  const run = {
    mode,
    ...circumstances(),
    plan,
    ...(await measureAll()),
    redisClient: redisClient(),
    sharedSessions: plan.sharing.size,
    sharing: await measureSharing(plan.sharing),
    hooks: await measureHooks(plan.hooks),
  }
  finish('threads', judged(verdicts, run), [
    readsTable(run),
    threadsTable(run),
    sharingTable(run),
    hooksTable(run),
  ])
}

await (values.memory ? runFootprint() : runThreads())
