// The results as text and as JSON.
// Lives here: how figures and tables look, and what a results file says of its circumstances.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { join } from 'node:path'
import { versions } from './peers/index.mjs'
import { labelOf } from './plan.mjs'
import { SEED } from './random.mjs'

/** Three significant digits, in the unit that suits. */
export function duration(ns) {
  const [unit, size] = [
    ['s', 1e9],
    ['ms', 1e6],
    ['us', 1e3],
    ['ns', 1],
  ].find(([, least]) => ns >= least) ?? ['ns', 1]
  const value = ns / size
  return `${value >= 100 ? Math.round(value) : Number(value.toPrecision(3))} ${unit}`
}

/** Of milliseconds that are a difference: what is less than one is lost in what was subtracted. */
export const pause = (ms) => (ms < 1 ? 'under 1 ms' : duration(ms * 1e6))

export function table(header, rows) {
  const widths = header.map((_, column) =>
    Math.max(...[header, ...rows].map((row) => String(row[column]).length)),
  )
  const line = (row) =>
    row
      .map((text, column) =>
        column === 0 ? String(text).padEnd(widths[0]) : String(text).padStart(widths[column]),
      )
      .join('  ')
      .trimEnd()
  return [
    line(header),
    widths.map((width) => '-'.repeat(width)).join('  '),
    ...rows.map(line),
  ].join('\n')
}

/** A table as prettier has it in a document; with `numbers` all columns but the first are aligned to the right. */
export function markdown(header, rows, { numbers = false } = {}) {
  const widths = header.map((_, column) =>
    Math.max(3, ...[header, ...rows].map((row) => String(row[column]).length)),
  )
  const right = (column) => numbers && column > 0
  const pad = (text, column) =>
    right(column) ? String(text).padStart(widths[column]) : String(text).padEnd(widths[column])
  const line = (row) => `| ${row.map(pad).join(' | ')} |`
  const rule = widths.map((width, column) =>
    right(column) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  )
  return [line(header), line(rule), ...rows.map(line)].join('\n')
}

function timeOf(outcome) {
  if (outcome === undefined || outcome.lacks) return '-'
  if (outcome.failed) return 'failed'
  return `${duration(outcome.median)} ±${Math.round(outcome.spread * 50)}%`
}

export function timesTable(cells, names) {
  const rows = cells.map((cell) => [
    labelOf(cell),
    ...names.map((name) => timeOf(cell.results[name])),
  ])
  return table(['time per operation', ...names], rows)
}

const MEMORY_COLUMNS = [
  ['heap B/entry', ({ bytesPerEntry }) => bytesPerEntry?.heap.toFixed(1) ?? '-'],
  ['array buffers B/entry', ({ bytesPerEntry }) => bytesPerEntry?.buffers.toFixed(1) ?? '-'],
  ['resident B/entry', ({ bytesPerEntry }) => bytesPerEntry?.resident.toFixed(1) ?? '-'],
  ['full GC ms', ({ fullCollectionMs }) => fullCollectionMs?.toFixed(1) ?? '-'],
  ['with own values', ({ ownValuesCollectionMs }) => ownValuesCollectionMs.toFixed(1)],
  ['fill: longest GC ms', ({ fillPauses }) => fillPauses?.longest.toFixed(1) ?? '-'],
  ['total', ({ fillPauses }) => fillPauses?.total.toFixed(0) ?? '-'],
  ['churn: longest GC ms', ({ churnPauses }) => churnPauses?.longest.toFixed(1) ?? '-'],
  ['total', ({ churnPauses }) => churnPauses?.total.toFixed(0) ?? '-'],
  ['loop delay p99 ms', ({ delay }) => delay?.p99.toFixed(1) ?? '-'],
  ['ops/s', ({ delay }) => delay?.operationsPerSecond ?? '-'],
]

export function memoryTable(memory) {
  const figures = (result) =>
    MEMORY_COLUMNS.map(([, show]) => (result.failed ? 'failed' : show(result)))
  const rows = Object.entries(memory.results).map(([name, result]) =>
    [result.failed || result.ttl ? name : `${name} (no ttl)`].concat(figures(result)),
  )
  const title = `${memory.size.toLocaleString('en-US')} entries`
  return table([title, ...MEMORY_COLUMNS.map(([label]) => label)], rows)
}

/** What was wrong before anything was timed. */
export function checkFailures(checks) {
  const failures = []
  for (const [name, { ttl, without }] of Object.entries(checks)) {
    if (ttl) failures.push({ name, where: 'correctness', failed: ttl })
    if (without && without !== ttl) {
      failures.push({ name, where: 'correctness without ttl', failed: without })
    }
  }
  return failures
}

export function failuresOf({ checks, cells, memory }) {
  const failures = checkFailures(checks)
  const known = new Set(failures.map(({ name, failed }) => `${name}: ${failed}`))
  const note = (where, results) => {
    for (const [name, { failed }] of Object.entries(results)) {
      if (failed && !known.has(`${name}: ${failed}`)) failures.push({ name, where, failed })
    }
  }
  for (const cell of cells) note(labelOf(cell), cell.results)
  if (memory) note('memory', memory.results)
  return failures
}

function commit() {
  try {
    const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], options).trim()
  } catch {
    return undefined
  }
}

/** Where and when a run took place, and what took part. */
export function circumstances() {
  const [cpu] = os.cpus()
  return {
    date: new Date().toISOString(),
    commit: commit(),
    node: process.version,
    v8: process.versions.v8,
    machine: {
      cpu: cpu.model.trim(),
      processors: os.availableParallelism(),
      memoryGiB: Math.round(os.totalmem() / 2 ** 30),
      platform: `${process.platform} ${process.arch}`,
    },
    seed: SEED,
    peers: versions(),
  }
}

/** For readers of a table. */
export const circumstancesInWords = ({ date, node, machine, commit: built }) =>
  `Measured on ${date.slice(0, 10)} with Node.js ${node.slice(1)} on ${machine.processors} processors ` +
  `(${machine.cpu}), commit ${built}.`

export function writeResults(folder, name, results) {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${name}.json`)
  writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`)
  return file
}
