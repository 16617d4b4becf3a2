// What this package is to reach, as ratios within one run.
// Lives here: the targets and the verdict on each. How the figures come about belongs elsewhere.
import { OURS, PUBLISHED, READ_KEY_CALL } from './peers/index.mjs'
import { table } from './report.mjs'

const LRU_CACHE = 'lru-cache'

/** How many times faster than the peer. */
const faster = (workload, size, keys, peer, atLeast) => ({
  label: `${workload}${keys === '-' ? '' : `, ${keys}`}, ${size.toLocaleString('en-US')}`,
  measure: `times faster than ${peer}`,
  target: `>= ${atLeast}`,
  find: { workload, size, keys },
  value: (results) => results[peer].median / results[OURS].median,
  met: (value) => value >= atLeast,
})

const overFloor = (size, keys, atMost) => ({
  label: `get hit, ${keys}, ${size.toLocaleString('en-US')}`,
  measure: `times the ${READ_KEY_CALL}`,
  target: `<= ${atMost}`,
  find: { workload: 'get hit', size, keys },
  value: (results) => results[OURS].median / results[READ_KEY_CALL].median,
  met: (value) => value <= atMost,
})

const memory = (measure, atMost, value) => ({
  label: 'memory',
  measure,
  target: `<= ${atMost}`,
  memory: true,
  value: (results) => value(results[OURS]),
  met: (found) => found <= atMost,
})

const TARGETS = [
  faster('get hit', 10_000, 'built', PUBLISHED, 2.5),
  faster('get hit', 1_000_000, 'built', PUBLISHED, 2.5),
  faster('get hit', 10_000, 'built', LRU_CACHE, 1.5),
  faster('get hit', 1_000_000, 'built', LRU_CACHE, 1.8),
  faster('get hit', 10_000, 'same', PUBLISHED, 1.6),
  faster('get hit', 1_000_000, 'same', PUBLISHED, 1.4),
  faster('get hit', 10_000, 'same', LRU_CACHE, 0.9),
  faster('get hit', 1_000_000, 'same', LRU_CACHE, 1.1),
  faster('get miss', 10_000, 'built', PUBLISHED, 2),
  faster('get miss', 10_000, 'built', LRU_CACHE, 1.5),
  faster('set update', 10_000, 'built', PUBLISHED, 2),
  faster('set update', 10_000, 'built', LRU_CACHE, 1),
  faster('set with eviction', 10_000, 'built', PUBLISHED, 20),
  faster('set with eviction', 10_000, 'built', LRU_CACHE, 1.2),
  faster('session mix', 10_000, 'built', PUBLISHED, 3),
  faster('session mix', 10_000, 'built', LRU_CACHE, 1.3),
  faster('deleteByPrefix', 100_000, '-', PUBLISHED, 4),
  faster('deleteByMagicString', 100_000, '-', PUBLISHED, 4),
  faster('keys()', 10_000, '-', PUBLISHED, 0.1),
  faster('entries()', 10_000, '-', PUBLISHED, 1),
  overFloor(1000, 'built', 2),
  overFloor(1000, 'same', 2),
  overFloor(10_000, 'built', 2),
  overFloor(10_000, 'same', 2),
  memory('heap B/entry', 16, ({ bytesPerEntry }) => bytesPerEntry.heap),
  memory('resident B/entry', 140, ({ bytesPerEntry }) => bytesPerEntry.resident),
  memory('full GC ms', 15, ({ fullCollectionMs }) => fullCollectionMs),
]

function resultsFor({ find, memory: ofMemory }, run) {
  if (ofMemory) return run.memory?.results
  return run.cells.find(
    (cell) =>
      cell.ttl &&
      !cell.hooks &&
      !cell.alone &&
      Object.entries(find).every(([name, value]) => cell[name] === value),
  )?.results
}

/** `value` is undefined where the run has not measured it. */
export function verdicts(run) {
  return TARGETS.map((row) => {
    const { label, measure, target, value: valueOf, met } = row
    const results = resultsFor(row, run)
    let value
    try {
      value = results && valueOf(results)
    } catch {
      // A peer that took no part or failed has no median.
    }
    const measured = Number.isFinite(value)
    const verdict = measured ? (met(value) ? 'pass' : 'miss') : 'not measured'
    return { label, measure, target, value: measured ? value : undefined, verdict }
  })
}

/** The cells of each row of a table of targets. */
export const targetCells = (rows) =>
  rows.map(({ label, measure, target, value, verdict }) => [
    label,
    measure,
    target,
    value === undefined ? '-' : value.toFixed(2),
    verdict,
  ])

export function targetsTable(rows) {
  return table(['target', 'measure', 'wanted', 'found', ''], targetCells(rows))
}
