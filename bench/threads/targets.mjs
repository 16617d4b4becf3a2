// What shared stores are to reach, as ratios within one run, and the tables of what was found.
// Lives here: targets, verdicts and rows. How the figures come about belongs elsewhere.
import { circumstancesInWords, duration, markdown, table } from '../report.mjs'
import { OWN, SHARED as SHARED_STORE } from './memory.mjs'
import { MAIN_THREAD, MEMORY, NEAR, SHARED } from './sources.mjs'

const timeOf = ({ reads }, source, threads = 1) =>
  reads.find((row) => row.source === source && row.threads === threads).median

const addedBy = ({ sharing }, workers, kind) =>
  sharing.find((row) => row.workers === workers && row.kind === kind).added

const atMost = (limit) => ({ target: `<= ${limit}`, met: (value) => value <= limit })
const atLeast = (limit) => ({ target: `>= ${limit}`, met: (value) => value >= limit })

const TARGETS = [
  {
    label: 'shared get, near cache',
    measure: 'times the time of MemoryCache.get',
    ...atMost(2),
    value: (run) => timeOf(run, NEAR) / timeOf(run, MEMORY),
  },
  {
    label: 'shared get',
    measure: 'times faster than asking the main thread',
    ...atLeast(10),
    value: (run) => timeOf(run, MAIN_THREAD) / timeOf(run, SHARED),
  },
  {
    label: 'two threads, one store',
    measure: 'times the throughput of one',
    ...atLeast(1.6),
    value: (run) => timeOf(run, SHARED) / timeOf(run, SHARED, 2),
  },
  {
    label: '4 workers, one store',
    measure: 'times the memory that it adds to one worker',
    ...atMost(1.25),
    value: (run) => addedBy(run, 4, SHARED_STORE) / addedBy(run, 1, SHARED_STORE),
  },
]

export const verdicts = (run) =>
  TARGETS.map(({ label, measure, target, value: valueOf, met }) => {
    const value = valueOf(run)
    return { label, measure, target, value, verdict: met(value) ? 'pass' : 'miss' }
  })

/** How far resident memory may grow, as a share of `maxBytes`. */
const MOST_GROWTH = 1.4
/** What may be left of it after `clear()`, V8's own growth included. */
const MOST_LEFT = 0.2

export const footprintVerdicts = ({ footprint }) =>
  footprint.flatMap(({ run, most, cleared }) =>
    [
      { measure: 'most resident / maxBytes', value: most, ...atMost(MOST_GROWTH) },
      { measure: 'after clear() / maxBytes', value: cleared, ...atMost(MOST_LEFT) },
    ].map(({ measure, value, target, met }) => ({
      label: run,
      measure,
      target,
      value,
      verdict: met(value) ? 'pass' : 'miss',
    })),
  )

export function footprintTable({ footprint, plan: { maxBytes } }, asTable = table) {
  const title = `resident growth / ${maxBytes / 2 ** 20} MiB`
  const columns = ['bytes', 'most', 'filled', 'clearedAtOnce', 'cleared']
  const rows = footprint.map((row) => [row.run, ...columns.map((name) => row[name].toFixed(2))])
  const header = ['counted', 'most', 'filled', 'clear()', 'later']
  return asTable([title, ...header], rows)
}

const perSecond = (ns) => Math.round(1e9 / ns).toLocaleString('en-US')

const spreadOf = ({ spread }) => `±${Math.round(spread * 50)}%`

export function readsTable(run, asTable = table) {
  const own = timeOf(run, MEMORY)
  const rows = run.reads
    .filter(({ threads }) => threads === 1)
    .map((row) =>
      row.lacks === undefined
        ? [
            row.source,
            `${duration(row.median)} ${spreadOf(row)}`,
            perSecond(row.median),
            (row.median / own).toFixed(2),
          ]
        : [row.source, row.lacks, '-', '-'],
    )
  return asTable(['get of a session, one thread', 'time', 'per second', 'x MemoryCache'], rows)
}

export function threadsTable(run, asTable = table) {
  const rows = run.reads
    .filter(({ threads }) => threads === 2)
    .map((row) => {
      const one = timeOf(run, row.source)
      return [row.source, perSecond(one), perSecond(row.median), (one / row.median).toFixed(2)]
    })
  return asTable(['get of a session, per second', 'one thread', 'two threads', 'ratio'], rows)
}

const mebibytes = (bytes) => (bytes / 2 ** 20).toFixed(1)

const HOLDING = { none: 'no session', [OWN]: 'a MemoryCache each', [SHARED_STORE]: 'one store' }

export function sharingTable({ sharing, sharedSessions }, asTable = table) {
  const title = `${sharedSessions.toLocaleString('en-US')} sessions`
  const rows = sharing.map(({ workers, kind, resident, added }) => [
    `${workers} ${workers === 1 ? 'worker' : 'workers'}, ${HOLDING[kind]}`,
    mebibytes(resident),
    mebibytes(added),
  ])
  return asTable([title, 'resident MiB', 'added MiB'], rows)
}

export function hooksTable({ hooks }, asTable = table) {
  const rows = hooks.map(({ variant, within, total }) => [
    variant,
    `${duration(within.median)} ${spreadOf(within)}`,
    `${duration(total.median)} ${spreadOf(total)}`,
  ])
  return asTable(['session mix, audit hooks', 'per request', 'with the delivery'], rows)
}

/** By its place in the document. */
export const footprintDocument = (run) => ({
  footprint: `${circumstancesInWords(run)}\n\n${footprintTable(run, markdown)}`,
})

/** By their place in the document. */
export const threadsDocument = (run) => ({
  'threads, reads': `${circumstancesInWords(run)}\n\n${readsTable(run, markdown)}`,
  'threads, two': threadsTable(run, markdown),
  'threads, memory': sharingTable(run, markdown),
  'threads, hooks': hooksTable(run, markdown),
})
