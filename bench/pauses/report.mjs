// The pauses as text and against their targets.
// Lives here: rows, targets and verdicts. How the figures come about belongs in index.mjs.
import { OURS, S3_FIFO } from '../peers/index.mjs'
import { table } from '../report.mjs'
import { SHARED } from './index.mjs'
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

function found(rows, wanted) {
  const names = Object.keys(wanted)
  return rows.find((row) => names.every((name) => row[name] === wanted[name]))?.longest?.median
}

export const pauseVerdicts = (rows) =>
  TARGETS.flatMap(([most, all]) =>
    all.map((wanted) => {
      const value = found(rows, wanted)
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

export const pauseFailures = ({ pauses }) =>
  pauses
    .filter(({ failed }) => failed !== undefined)
    .map((row) => ({ name: row.name ?? OURS, where: inWords(row), failed: row.failed }))
