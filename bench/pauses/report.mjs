// The pauses as text and against their targets.
// Lives here: rows, targets and verdicts. How the figures come about belongs in index.mjs.
import { OURS, PUBLISHED, S3_FIFO, SHARED } from '../peers/index.mjs'
import { circumstancesInWords, markdown, table } from '../report.mjs'
import { LOOP_ENDS } from './loop.mjs'
import { STALL_STEPS } from './stalls.mjs'

const MILLION = 1_000_000

const ofCalls = (name, operation, size) => ({ kind: 'calls', operation, size, name })
const ofLoop = (operation) => ({ kind: 'loop', operation, size: MILLION })

const STALLS = [1, 16].flatMap((shards) =>
  STALL_STEPS.map((operation) => ({ kind: 'stall', operation, size: MILLION, shards })),
)

/** Milliseconds that the longest may take, by what is looked for. */
const TARGETS = [
  [
    5,
    [
      ofCalls(OURS, 'set while filling', MILLION),
      ofCalls(S3_FIFO, 'set while filling', MILLION),
      ofCalls(S3_FIFO, 'set with eviction', MILLION),
    ],
  ],
  [
    1,
    [
      ofCalls(OURS, 'clear()', 100_000),
      ofCalls(OURS, 'clear()', MILLION),
      ofCalls(S3_FIFO, 'clear()', MILLION),
      ofCalls(SHARED, 'clear()', MILLION),
      ...LOOP_ENDS.map(ofLoop),
    ],
  ],
  [15, [ofCalls(SHARED, 'deleteByPrefix, 11 entries', MILLION)]],
  [2, STALLS],
]

const WHOSE = {
  calls: 'longest call',
  stall: 'longest get of another thread',
  loop: 'longest turn',
}

const shardsInWords = (count) => (count === 1 ? '1 shard' : `${count} shards`)

const inWords = ({ operation, size, shards, name }) =>
  [
    operation,
    size.toLocaleString('en-US'),
    shards === undefined ? undefined : shardsInWords(shards),
    name,
  ]
    .filter((word) => word !== undefined)
    .join(', ')

function rowOf(rows, wanted) {
  const names = Object.keys(wanted)
  return rows.find((row) => names.every((name) => row[name] === wanted[name]))
}

export const pauseVerdicts = (rows) =>
  TARGETS.flatMap(([most, all]) =>
    all.map((wanted) => {
      const value = rowOf(rows, wanted)?.longest?.median
      return {
        label: inWords(wanted),
        measure: `${WHOSE[wanted.kind]}, ms`,
        target: `<= ${most}`,
        value,
        verdict: value === undefined ? 'not measured' : value <= most ? 'pass' : 'miss',
      }
    }),
  )

const ms = (value) => (value >= 100 ? value.toFixed(0) : value.toFixed(2))

function figures({ failed, longest, rare, control }) {
  if (failed !== undefined) return ['failed', '-', '-', '-']
  const rarely = rare === undefined ? '-' : ms(rare.median)
  return [ms(longest.median), ms(longest.best), rarely, ms(control.median)]
}

export const pauseTables = ({ pauses }) =>
  Object.entries(WHOSE).map(([kind, whose]) => {
    const rows = pauses
      .filter((row) => row.kind === kind && row.lacks === undefined)
      .map((row) => [inWords(row)].concat(figures(row)))
    return table([`${whose}, ms`, 'median', 'best', 'p99.99', 'idle'], rows)
  })

const BESIDE = [
  OURS,
  S3_FIFO,
  SHARED,
  PUBLISHED,
  'lru-cache',
  'quick-lru',
  'ttlcache',
  'mnemonist',
  'node-cache',
]

const aimsTable = ({ pauses }) =>
  markdown(
    ['longest, ms', 'wanted', 'found', 'best', 'idle', ''],
    TARGETS.flatMap(([most, all]) =>
      all.map((wanted) => {
        const row = rowOf(pauses, wanted)
        const [median, best, , idle] = row ? figures(row) : ['-', '-', '-', '-']
        const verdict = row?.longest && (row.longest.median <= most ? 'reached' : 'missed')
        const label = `${WHOSE[wanted.kind].replace('longest ', '')}, ${inWords(wanted)}`
        return [label, `<= ${most}`, median, best, idle, verdict ?? 'not measured']
      }),
    ),
  )

function besideTable({ pauses }) {
  const rows = pauses.filter(({ kind, size }) => kind === 'calls' && size === MILLION)
  const longest = (operation, name) => {
    const value = rowOf(rows, { operation, name })?.longest?.median
    return value === undefined ? '-' : ms(value)
  }
  return markdown(
    ['longest call, ms', ...BESIDE],
    [...new Set(rows.map(({ operation }) => operation))].map((operation) =>
      [operation].concat(BESIDE.map((name) => longest(operation, name))),
    ),
    { numbers: true },
  )
}

/** Who waits less than a caller of this package, by operation and kind of cache. */
function losses({ pauses }) {
  const rows = pauses.filter(
    ({ kind, size, longest }) => kind === 'calls' && size === MILLION && longest !== undefined,
  )
  const rivals = rows.filter(({ name }) => ![OURS, SHARED, S3_FIFO].includes(name))
  const lost = ({ operation, name, longest: ours }) => {
    const shorter = rivals
      .filter((row) => row.operation === operation && row.longest.median < ours.median * 0.9)
      .toSorted((a, b) => a.longest.median - b.longest.median)
      .map((row) => `${row.name} ${ms(row.longest.median)}`)
    const label = name === SHARED ? `${operation}, shared` : operation
    return shorter.length > 0 ? [[label, ms(ours.median), shorter.join(', ')]] : []
  }
  return markdown(
    ['longest call, ms', 'this package', 'shorter by more than a tenth'],
    [OURS, SHARED].flatMap((name) => rows.filter((row) => row.name === name).flatMap(lost)),
  )
}

/** By their place in the document. */
export const pauseDocument = (run) => ({
  'pauses, aims': `${circumstancesInWords(run)}\n\n${aimsTable(run)}`,
  'pauses, beside others': besideTable(run),
  'pauses, where it loses': losses(run),
})

export const pauseFailures = ({ pauses }) =>
  pauses
    .filter(({ failed }) => failed !== undefined)
    .map((row) => ({ name: row.name ?? OURS, where: inWords(row), failed: row.failed }))
