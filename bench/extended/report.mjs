// The figures of the extended methods as tables and against their targets.
// Lives here: rows, targets and verdicts. How the figures come about belongs in index.mjs.
import { OURS, SHARED } from '../peers/index.mjs'
import { circumstancesInWords, duration, markdown } from '../report.mjs'
import { PHASES } from './lifetimes.mjs'

const LRU_CACHE = 'lru-cache'
const ONE = 'one ttl'

/** How many times the time of one ttl a mix may take, rounded to a tenth. */
const MOST = { 'four ttls': 1, 'random ttls': 2.5 }

const tenth = (value) => Math.round(value * 10) / 10

function figuresOf(rows, kind, operation, name = OURS) {
  const row = rows.find(
    (one) => one.kind === kind && one.operation === operation && one.name === name,
  )
  return row === undefined || row.failed !== undefined ? undefined : row
}

const operationsOf = (rows, kind) => [
  ...new Set(rows.filter((row) => row.kind === kind).map(({ operation }) => operation)),
]

const sizeOf = (rows, kind) => rows.find((row) => row.kind === kind).size.toLocaleString('en-US')

const shown = (figure, show) => (figure === undefined ? '-' : show(figure.median))
const ratio = (value, base) =>
  value === undefined || base === undefined ? '-' : (value.median / base.median).toFixed(2)

function pointTable(rows) {
  const ns = (operation, name) => figuresOf(rows, 'point', operation, name)?.ns
  return markdown(
    [`${sizeOf(rows, 'point')} entries`, 'MemoryCache', 'lru-cache', 'ratio', 'SharedMemoryCache'],
    operationsOf(rows, 'point').map((operation) => [
      operation,
      shown(ns(operation, OURS), duration),
      shown(ns(operation, LRU_CACHE), duration),
      ratio(ns(operation, OURS), ns(operation, LRU_CACHE)),
      shown(ns(operation, SHARED), duration),
    ]),
  )
}

const bytes = (value) => `${value.toFixed(0)} B`

function lifetimeTable(rows) {
  const base = figuresOf(rows, 'lifetimes', ONE)
  const time = (found, phase) => {
    const times = shown(found?.[phase], duration)
    return found === base ? times : `${times}, ${ratio(found?.[phase], base?.[phase])}`
  }
  return markdown(
    [`${sizeOf(rows, 'lifetimes')} entries`, ...PHASES, 'resident', 'native'],
    operationsOf(rows, 'lifetimes').map((operation) => {
      const found = figuresOf(rows, 'lifetimes', operation)
      const times = PHASES.map((phase) => time(found, phase))
      return [operation].concat(times, shown(found?.resident, bytes), shown(found?.native, bytes))
    }),
  )
}

const ms = (value) => `${value >= 100 ? value.toFixed(0) : value.toFixed(2)} ms`
const kilobytes = (value) => `${Math.round(value / 1024).toLocaleString('en-US')} KB`

function walkTable(rows) {
  const figures = (operation, name) => {
    const found = figuresOf(rows, 'walk', operation, name)
    return [
      shown(found?.longest, ms),
      shown(found?.idle, ms),
      shown(found?.total, ms),
      shown(found?.bytes, kilobytes),
    ]
  }
  const walks = operationsOf(rows, 'walk').flatMap((operation) =>
    [OURS, SHARED].map((name) => [operation, name]),
  )
  return markdown(
    [`${sizeOf(rows, 'walk')} entries`, 'longest step', 'idle', 'in all', 'held meanwhile'],
    walks.map(([operation, name]) => [`${operation}, ${name}`].concat(figures(operation, name))),
  )
}

export const extendedTables = ({ rows }) => [pointTable(rows), lifetimeTable(rows), walkTable(rows)]

/** By their place in the document. */
export function extendedDocument(run) {
  const [points, lifetimes, walks] = extendedTables(run)
  return {
    'extended, operations': `${circumstancesInWords(run)}\n\n${points}`,
    'extended, lifetimes': lifetimes,
    'extended, walks': walks,
  }
}

export const extendedVerdicts = (rows) =>
  Object.entries(MOST).flatMap(([operation, most]) =>
    PHASES.map((phase) => {
      const found = figuresOf(rows, 'lifetimes', operation)
      const base = figuresOf(rows, 'lifetimes', ONE)
      const value = found && base && found[phase].median / base[phase].median
      return {
        label: `${phase}, ${operation}, ${sizeOf(rows, 'lifetimes')}`,
        measure: 'times one ttl',
        target: `<= ${most.toFixed(1)}`,
        value,
        verdict: value === undefined ? 'not measured' : tenth(value) <= most ? 'pass' : 'miss',
      }
    }),
  )

export const extendedFailures = ({ rows }) =>
  rows
    .filter(({ failed }) => failed !== undefined)
    .map(({ name, operation, size, failed }) => ({
      name,
      where: `${operation}, ${size.toLocaleString('en-US')}`,
      failed,
    }))
