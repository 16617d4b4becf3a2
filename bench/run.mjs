// `npm run bench`: set-up, the benchmark, its report.
// Lives here: the command line and the order of a run. `--help` tells what there is to choose.
import { existsSync, readFileSync } from 'node:fs'
import { availableMemory } from 'node:process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from '../scripts/run.mjs'
import { stop } from '../scripts/setup.mjs'
import { DOCUMENTED, writeTables } from './documents.mjs'
import {
  hitRatioFailures,
  hitRatioTables,
  hitRatioVerdicts,
  variantTables,
} from './hit-ratio/report.mjs'
import { traceNames } from './hit-ratio/traces.mjs'
import { FLOORS, OURS, PEERS, S3_FIFO, SHARED } from './peers/index.mjs'
import { drawPictures } from './plots.mjs'
import { MEMORY_SIZE, chosen, fullPlan, labelOf, quickPlan } from './plan.mjs'
import {
  checkFailures,
  circumstances,
  failuresOf,
  memoryTable,
  timesTable,
  writeResults,
} from './report.mjs'
import { createRunner } from './runner.mjs'
import { installPeers, setUpBench } from './setup.mjs'
import { targetsTable, verdicts } from './targets.mjs'
import { workloadNames } from './workloads/index.mjs'

const HELP = `npm run bench -- [options]

  (none)            everything, at most 25 minutes; writes bench/results
  --pauses          the longest single calls, stalls of other threads, turns of the loop; some 20 minutes
  --extended        lifetimes, and the methods beyond the published package; under 4 minutes
  --hit-ratio dir   how many requests of the traces there, *.u32.gz, are answered; 2 to 5 minutes
  --snapshots       files of both kinds of caches, beside dd and JSON; some 3 minutes
  --eviction        the policies of eviction beside lru-cache: times and memory; some 3 minutes
  --quick           everything once and small: whether it works, not how fast; under a minute
  --redraw          measures nothing: the plots and the tables in docs/ once more, from the data in bench/results;
                    with --out the plots alone, from there

A part of the above, written to target/bench:
  --peers a,b       ${PEERS.join(', ')}
  --workloads a,b   those whose names contain one of the words:
                    ${workloadNames().join(', ')}
  --sizes 1000,1e6  numbers of entries
  --no-memory       neither memory nor pauses

  --rounds n        rounds of each measurement
  --round-ms n      how long a round takes
  --minutes n       what is not begun by then is left out
  --out folder      where results are written
`

const MODES = {
  full: { plan: fullPlan, time: { rounds: 7, roundMs: 40, warmUpMs: 150 } },
  quick: { plan: quickPlan, time: { rounds: 3, roundMs: 2, warmUpMs: 2 } },
}
const MEMORY = {
  full: { size: MEMORY_SIZE, churnMs: 3000 },
  quick: { size: 10_000, churnMs: 50 },
}
const PAUSES = {
  full: { sizes: [100_000, 1_000_000], shards: [1, 16], rounds: 3 },
  quick: { sizes: [1000], shards: [1, 2], rounds: 1 },
}
const EXTENDED = {
  full: {
    size: 10_000,
    largeSize: 1_000_000,
    rounds: 5,
    largeRounds: 3,
    time: { warmUpMs: 150, roundMs: 40 },
  },
  quick: {
    size: 1000,
    largeSize: 10_000,
    rounds: 1,
    largeRounds: 1,
    time: { warmUpMs: 2, roundMs: 2 },
  },
}
/** `strangers` is how many sessions a crawler opens in the flood. */
const HIT_RATIO = {
  full: { variants: true, strangers: 1_000_000 },
  quick: { variants: false, strangers: 20_000 },
}

const SNAPSHOTS = {
  full: { size: 1_000_000, rounds: 3 },
  quick: { size: 5_000, rounds: 1 },
}
const EVICTION = {
  full: {
    sizes: [10_000, 200_000, 1_000_000],
    memory: { size: MEMORY_SIZE, churnMs: 1000 },
    time: { rounds: 15, roundMs: 40, warmUpMs: 200 },
  },
  quick: { sizes: [1000], memory: MEMORY.quick, time: MODES.quick.time },
}
const OFFICIAL = join(root, 'bench', 'results')
const FULL_MINUTES = 25
/** A cache of ten million entries takes up to this much. */
const HUGE_SIZE = 10_000_000
const HUGE_BYTES = 8 * 2 ** 30

const inWords = ({ name, where, failed }) => `${name}: ${where}: ${failed}`

const list = (text) => text.split(',').filter(Boolean)

function readOptions() {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      pauses: { type: 'boolean', default: false },
      extended: { type: 'boolean', default: false },
      'hit-ratio': { type: 'string' },
      snapshots: { type: 'boolean', default: false },
      eviction: { type: 'boolean', default: false },
      redraw: { type: 'boolean', default: false },
      'no-memory': { type: 'boolean', default: false },
      peers: { type: 'string', default: '' },
      workloads: { type: 'string', default: '' },
      sizes: { type: 'string', default: '' },
      rounds: { type: 'string' },
      'round-ms': { type: 'string' },
      minutes: { type: 'string', default: String(FULL_MINUTES) },
      out: { type: 'string' },
    },
  })
  const mode = values.quick ? 'quick' : 'full'
  const { plan, time } = MODES[mode]

  const peers = list(values.peers)
  const known = values.pauses ? ['shared', S3_FIFO, ...PEERS] : PEERS
  const unknown = peers.filter((name) => !known.includes(name))
  if (unknown.length > 0) stop(`There is no peer ${unknown.join(', ')}.\n\n${HELP}`)
  const traces = values['hit-ratio']
  if (traces !== undefined && traceNames(traces).length === 0)
    stop(`There is no trace, *.u32.gz, in ${traces}.\n\n${HELP}`)
  const part = { workloads: list(values.workloads), sizes: list(values.sizes).map(Number) }
  const rounds = values.rounds && { rounds: Number(values.rounds) }
  const partial =
    peers.length + part.workloads.length + part.sizes.length > 0 || values['no-memory']
  const official = mode !== 'quick' && !partial
  const folder = official ? OFFICIAL : join(root, 'target', 'bench', mode)

  return {
    mode,
    help: values.help,
    redraw: values.redraw,
    peers: peers.length ? peers : PEERS,
    plan: chosen(plan(), part),
    memory: values['no-memory'] ? undefined : MEMORY[mode],
    pauses: values.pauses && {
      ...PAUSES[mode],
      ...(part.sizes.length > 0 && { sizes: part.sizes }),
      ...rounds,
      // The names that were given, if any.
      peers,
    },
    extended: values.extended && {
      ...EXTENDED[mode],
      ...rounds,
      ...(rounds && { largeRounds: rounds.rounds }),
    },
    hitRatio: traces && {
      ...HIT_RATIO[mode],
      folder: traces,
    },
    snapshots: values.snapshots && {
      ...SNAPSHOTS[mode],
      ...(part.sizes.length > 0 && { size: part.sizes[0] }),
      ...rounds,
    },
    eviction: values.eviction && {
      ...EVICTION[mode],
      ...(part.sizes.length > 0 && { sizes: part.sizes }),
    },
    minutes: Number(values.minutes),
    time: {
      ...time,
      ...rounds,
      ...(values['round-ms'] && { roundMs: Number(values['round-ms']) }),
    },
    folder: values.out ?? folder,
  }
}

function reasonToSkip({ size }, deadline) {
  if (performance.now() > deadline) return 'no time left'
  if (size >= HUGE_SIZE && availableMemory() < HUGE_BYTES) return 'too little free memory'
  return undefined
}

async function measureAll({ mode, peers, plan, memory, minutes, time }) {
  const deadline = performance.now() + minutes * 60_000
  const runner = createRunner({ peers, floors: FLOORS, time, keepProcesses: mode === 'quick' })
  try {
    const checks = await runner.checkAll()
    for (const failure of checkFailures(checks)) console.log(`      ${inWords(failure)}`)
    const measured = memory && {
      ...memory,
      results: await runner.measureMemory(memory, checks, [...peers, SHARED]),
    }
    const cells = []
    const skipped = []
    for (const [i, cell] of plan.entries()) {
      const label = `${i + 1}/${plan.length} ${labelOf(cell)}`
      const reason = reasonToSkip(cell, deadline)
      if (reason === undefined) cells.push(await runner.measure(cell, label, checks))
      else {
        skipped.push({ ...cell, reason })
        console.log(`-     ${label}: ${reason}`)
      }
    }
    return { checks, cells, skipped, memory: measured }
  } finally {
    await runner.stop()
  }
}

const options = readOptions()
if (options.help) {
  console.log(HELP)
  process.exit()
}

await (options.redraw ? installPeers : setUpBench)()
// They import what is there only now.
const { PAUSE_PEERS, measurePauses } = await import('./pauses/index.mjs')
const { pauseFailures, pauseTables, pauseVerdicts } = await import('./pauses/report.mjs')
const { measureExtended } = await import('./extended/index.mjs')
const { measureHitRatios } = await import('./hit-ratio/index.mjs')
const { measureEviction } = await import('./eviction/index.mjs')
const { evictionTables, evictionVerdicts } = await import('./eviction/report.mjs')
const { measureSnapshots } = await import('./snapshots/index.mjs')
const { snapshotFailures, snapshotTables, snapshotVerdicts } =
  await import('./snapshots/report.mjs')
const { extendedFailures, extendedTables, extendedVerdicts } = await import('./extended/report.mjs')

const ALL_OURS = new Set([OURS, S3_FIFO, SHARED, 'MemoryCache', 'SharedMemoryCache'])

/** The data, what is drawn of it and what the documents say of it; returns the paths. */
function filesOf(folder, name, results) {
  const files = [writeResults(folder, name, results), ...drawPictures(folder)]
  return folder === OFFICIAL ? files.concat(writeTables(name, results)) : files
}

async function runPauses({ mode, pauses: plan, folder }) {
  const peers = plan.peers.length > 0 ? plan.peers : PAUSE_PEERS
  const pauses = await measurePauses({ ...plan, peers })
  const targets = mode === 'quick' ? undefined : pauseVerdicts(pauses)
  const results = { mode, ...circumstances(), plan: { ...plan, peers }, pauses, targets }
  for (const text of pauseTables(results)) console.log(`\n${text}`)
  if (targets) console.log(`\n${targetsTable(targets)}`)
  const files = filesOf(folder, 'pauses', results)
  for (const file of files) console.log(`wrote ${file}`)
  const failures = pauseFailures(results)
  for (const failure of failures) console.log(`FAIL  ${inWords(failure)}`)
  return failures.every(({ name }) => !ALL_OURS.has(name))
}

/** One table of rows and its targets, under a name of their own. */
async function runRows(
  { mode, folder },
  name,
  plan,
  { measure, verdicts: verdictsOf, tables, failures: failuresIn },
) {
  const rows = await measure(plan)
  const targets = mode === 'quick' ? undefined : verdictsOf(rows)
  const results = { mode, ...circumstances(), plan, rows, targets }
  for (const text of Object.values(tables(results))) console.log(`\n${text}`)
  if (targets) console.log(`\n${targetsTable(targets)}`)
  for (const file of filesOf(folder, name, results)) console.log(`wrote ${file}`)
  const failures = failuresIn(results)
  for (const failure of failures) console.log(`FAIL  ${inWords(failure)}`)
  return failures.every((failure) => !ALL_OURS.has(failure.name))
}

async function runHitRatio({ mode, hitRatio: plan, folder }) {
  const results = { mode, ...circumstances(), ...(await measureHitRatios(plan)) }
  results.targets = mode === 'quick' ? undefined : hitRatioVerdicts(results)
  const tables = { ...hitRatioTables(results), ...variantTables(results) }
  for (const text of Object.values(tables)) console.log(`\n${text}`)
  if (results.targets) console.log(`\n${targetsTable(results.targets)}`)
  const files = filesOf(folder, 'hit-ratio', results)
  for (const file of files) console.log(`wrote ${file}`)
  const failures = hitRatioFailures(results)
  for (const failure of failures) console.log(`FAIL  ${inWords(failure)}`)
  return failures.length === 0
}

async function runEviction({ mode, eviction: plan, folder }) {
  const results = {
    mode,
    ...circumstances(),
    plan,
    ...(await measureEviction(plan, mode === 'quick')),
  }
  results.targets = mode === 'quick' ? undefined : evictionVerdicts(results)
  for (const text of Object.values(evictionTables(results))) console.log(`\n${text}`)
  if (results.targets) console.log(`\n${targetsTable(results.targets)}`)
  const files = [writeResults(folder, 'eviction', results)]
  if (folder === OFFICIAL) files.push(...writeTables('eviction', results))
  for (const file of files) console.log(`wrote ${file}`)
  const failures = failuresOf(results)
  for (const failure of failures) console.log(`FAIL  ${inWords(failure)}`)
  return failures.every(({ name }) => !ALL_OURS.has(name))
}

const runExtended = (wanted) =>
  runRows(wanted, 'extended', wanted.extended, {
    measure: measureExtended,
    verdicts: extendedVerdicts,
    tables: extendedTables,
    failures: extendedFailures,
  })

const runSnapshots = (wanted) =>
  runRows(wanted, 'snapshots', wanted.snapshots, {
    measure: measureSnapshots,
    verdicts: snapshotVerdicts,
    tables: snapshotTables,
    failures: snapshotFailures,
  })

async function runAll(wanted) {
  const { mode, time, folder } = wanted
  const outcome = await measureAll(wanted)
  const results = { mode, ...circumstances(), time, ...outcome }
  results.targets = mode === 'quick' ? undefined : verdicts(results)

  const names = [...wanted.peers, ...FLOORS]
  console.log(`\n${timesTable(results.cells, names)}\n`)
  if (results.memory) console.log(`${memoryTable(results.memory)}\n`)
  if (results.targets) console.log(`${targetsTable(results.targets)}\n`)

  const files = filesOf(folder, mode, results)
  for (const file of files) console.log(`wrote ${file}`)

  const failures = failuresOf(results)
  for (const failure of failures) console.log(`FAIL  ${inWords(failure)}`)
  // A peer's failure is a result; this package's is an error. So is a limit that cannot be measured.
  const ours = failures.filter(({ name }) => name === OURS || FLOORS.includes(name))
  return ours.length === 0 && results.cells.length > 0
}

async function redraw({ folder }) {
  const files = drawPictures(folder)
  if (folder === OFFICIAL) {
    for (const name of new Set(DOCUMENTED.map(({ results }) => results))) {
      const file = join(folder, `${name}.json`)
      if (!existsSync(file)) continue
      const data = JSON.parse(readFileSync(file, 'utf8'))
      files.push(...writeTables(name, data))
    }
  }
  for (const file of files) console.log(`wrote ${file}`)
  return true
}

const work = options.redraw
  ? redraw
  : options.pauses
    ? runPauses
    : options.extended
      ? runExtended
      : options.hitRatio
        ? runHitRatio
        : options.snapshots
          ? runSnapshots
          : options.eviction
            ? runEviction
            : runAll
if (!(await work(options))) {
  console.log('The benchmark failed.')
  process.exitCode = 1
}
