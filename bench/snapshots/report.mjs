// The figures of snapshots as a table and against their targets.
// Lives here: rows, targets and verdicts. How the figures come about belongs in files.mjs.
import { circumstancesInWords, duration, markdown } from '../report.mjs'

const NAMES = { shared: 'SharedMemoryCache', memory: 'MemoryCache' }

// At least this part of what `dd` takes for the same bytes, or so many milliseconds.
const PART_OF_DD = 0.6
const MOST_MS = 3000
// At the most so many times what JSON takes.
const TIMES_JSON = 5
const MOST_LATE_MS = 5

const ms = ({ median }) => duration(median * 1e6)

const figures = (row) => [
  `${Math.round(row.bytes.median / 1e6)} MB`,
  ms(row.save),
  ms(row.restore),
  ms(row.dd),
  ms(row.jsonSave),
  ms(row.jsonRestore),
  `${ms(row.saveP99)}, ${ms(row.restoreP99)}`,
  `${ms(row.saveLongest)}, ${ms(row.restoreLongest)}`,
]

/** A miss is shown as what it is. */
const targetRow = ({ label, measure, target, value, verdict }) => [
  `${label}: ${measure}`,
  target,
  Number(value.toPrecision(3)),
  verdict,
]

const targetTable = (targets) =>
  markdown(['aim', 'target', 'measured', 'verdict'], targets.map(targetRow))

function figuresTable({ rows, plan }) {
  const header = [
    `${plan.size.toLocaleString('en-US')} sessions`,
    'bytes',
    'save',
    'restore',
    'dd, fsync',
    'JSON, written',
    'JSON, read',
    'loop late, p99',
    'longest turn',
  ]
  const failed = header.slice(1).map(() => 'failed')
  return markdown(
    header,
    rows.map((row) => [NAMES[row.kind]].concat(row.failed === undefined ? figures(row) : failed)),
  )
}

/** By the names of their places in the documentation. */
export const snapshotTables = (results) => ({
  snapshots: [
    circumstancesInWords(results),
    figuresTable(results),
    // There are none of a quick run.
    ...(results.targets ? [targetTable(results.targets)] : []),
  ].join('\n\n'),
})

const verdict = (label, measure, target, value, holds) => ({
  label,
  measure,
  target,
  value,
  verdict: holds ? 'pass' : 'miss',
})

function sharedVerdicts({ save, restore, dd, jsonSave, saveP99, restoreP99 }) {
  const fast = (step, { median }) => {
    const most = Math.max(dd.median / PART_OF_DD, MOST_MS)
    return verdict(`${step}, shared`, 'ms', `<= ${most.toFixed(0)}`, median, median <= most)
  }
  const times = save.median / jsonSave.median
  const late = Math.max(saveP99.median, restoreP99.median)
  return [
    fast('save', save),
    fast('restore', restore),
    verdict('save, shared', 'times JSON', `<= ${TIMES_JSON}`, times, times <= TIMES_JSON),
    verdict('loop, shared', 'ms late, p99', `< ${MOST_LATE_MS}`, late, late < MOST_LATE_MS),
  ]
}

function memoryVerdicts({ saveLongest: { median } }) {
  const target = `<= ${MOST_LATE_MS}`
  return [verdict('save, MemoryCache', 'longest turn, ms', target, median, median <= MOST_LATE_MS)]
}

export const snapshotVerdicts = (rows) =>
  rows
    .filter(({ failed }) => failed === undefined)
    .flatMap((row) => (row.kind === 'shared' ? sharedVerdicts(row) : memoryVerdicts(row)))

export const snapshotFailures = ({ rows }) =>
  rows
    .filter(({ failed }) => failed !== undefined)
    .map(({ kind, failed }) => ({ name: NAMES[kind], where: 'snapshots', failed }))
