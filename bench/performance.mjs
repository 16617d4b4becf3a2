// The figures of the full run, as docs/performance.md has them.
// Lives here: its tables, and what counts as losing. Pictures of the same data belong in plots.mjs.
import { LRU_CACHE_EXACT, OURS, PEERS, PUBLISHED, READ_KEY_CALL, SHARED } from './peers/index.mjs'
import { labelOf } from './plan.mjs'
import { circumstancesInWords, duration, markdown, pause } from './report.mjs'
import { targetCells } from './targets.mjs'
import { FORMED } from './workloads/forms.mjs'

const COLUMNS = {
  'this package': OURS,
  published: PUBLISHED,
  'lru-cache': 'lru-cache',
  'lru-cache, exact clock': LRU_CACHE_EXACT,
}
const NUMBERS = { numbers: true }

const usual = ({ ttl, hooks }) => ttl && !hooks
const shown = (outcome) =>
  outcome?.failed ? 'failed' : outcome?.median === undefined ? '-' : duration(outcome.median)

const timesTable = (cells, columns) =>
  markdown(
    ['workload', ...Object.keys(columns)],
    cells.map((cell) =>
      [labelOf(cell)].concat(Object.values(columns).map((name) => shown(cell.results[name]))),
    ),
    NUMBERS,
  )

export const targetRows = (targets) =>
  markdown(['aim', 'measure', 'wanted', 'found', ''], targetCells(targets))

const half = ({ median, spread }) => (median * spread) / 2

/** By more than the noise: the middle halves of the rounds of both do not touch. */
const isFaster = (peer, ours) =>
  peer?.median !== undefined && peer.median + half(peer) < ours.median - half(ours)

function timesLost({ cells }) {
  return cells.filter(usual).flatMap((cell) => {
    const ours = cell.results[OURS]
    const faster = PEERS.filter((name) => isFaster(cell.results[name], ours)).toSorted(
      (a, b) => cell.results[a].median - cell.results[b].median,
    )
    if (faster.length === 0) return []
    const rivals = faster.map((name) => `${name} ${duration(cell.results[name].median)}`)
    return [[labelOf(cell), duration(ours.median), rivals.join(', ')]]
  })
}

/** One process each, so that there is no spread to tell: what is a tenth less counts. */
const MEMORY_FIGURES = [
  ['V8 heap', ({ bytesPerEntry }) => bytesPerEntry?.heap, (value) => `${value.toFixed(0)} bytes`],
  [
    'resident memory',
    ({ bytesPerEntry }) => bytesPerEntry?.resident,
    (value) => `${value.toFixed(0)} bytes`,
  ],
  ['full collection, shared values', ({ fullCollectionMs }) => fullCollectionMs, pause],
  ['full collection, own values', ({ ownValuesCollectionMs }) => ownValuesCollectionMs, pause],
]

function memoryFigures({ memory }) {
  if (!memory) return 'Not part of the run above.'
  const rows = Object.entries(memory.results)
    .filter(([, { failed }]) => !failed)
    .map(([name, result]) =>
      [`${name}${result.ttl ? '' : ' (no ttl)'}`].concat(
        MEMORY_FIGURES.map(([, of, show]) => (of(result) === undefined ? '-' : show(of(result)))),
      ),
    )
  const title = `${memory.size.toLocaleString('en-US')} entries`
  return markdown([title, ...MEMORY_FIGURES.map(([label]) => label)], rows, { numbers: true })
}

function memoryLost({ memory }) {
  if (!memory) return []
  return MEMORY_FIGURES.flatMap(([label, of, show]) => {
    const ours = of(memory.results[OURS])
    const less = Object.entries(memory.results)
      .filter(([name, result]) => name !== SHARED && of(result) < ours * 0.9)
      .toSorted(([, a], [, b]) => of(a) - of(b))
      .map(([name, result]) => `${name} ${show(of(result))}`)
    const row = `${label}, ${memory.size.toLocaleString('en-US')} entries`
    return less.length > 0 ? [[row, show(ours), less.join(', ')]] : []
  })
}

/** In a sentence: how much of a hit is no more than the call that reads the key. */
function floorInWords({ cells }) {
  const sentences = cells
    .filter((cell) => usual(cell) && cell.floors && cell.size <= 10_000)
    .map((cell) => {
      const [ours, floor] = [OURS, READ_KEY_CALL].map((name) => cell.results[name].median)
      return `- ${labelOf(cell)}: ${duration(floor)} of ${duration(ours)}`
    })
  return [
    'A native call that only reads the key is the floor. It takes:',
    sentences.join('\n'),
  ].join('\n\n')
}

const batchInWords = ({ one, batch }) =>
  `${one.toFixed(0)} → ${batch.toFixed(0)} ns, ${(batch / one).toFixed(2)}`

/** What batches.mjs found. */
export function batchesTables(run) {
  const columns = [...new Map(run.rows.map((row) => [`${row.size} ${row.keys}`, row])).values()]
  const names = [...new Map(run.rows.map((row) => [`${row.kind}.${row.operation}Many`, row]))]
  const found = (wanted) =>
    run.rows.find((row) => Object.keys(wanted).every((name) => row[name] === wanted[name]))
  const rows = names.map(([name, { kind, operation }]) =>
    [name].concat(
      columns.map(({ size, keys }) => batchInWords(found({ kind, operation, size, keys }))),
    ),
  )
  const titles = columns.map(({ size, keys }) => `${size.toLocaleString('en-US')}, ${keys}`)
  return {
    batches: [
      circumstancesInWords(run),
      markdown(['per key, single → batch', ...titles], rows),
    ].join('\n\n'),
  }
}

/** By their place in the document. */
export function performanceTables(run) {
  const usually = run.cells.filter(usual)
  const formed = usually.filter(({ keys }) => keys === FORMED)
  return {
    'full, operations': [
      circumstancesInWords(run),
      timesTable(
        usually.filter(({ keys }) => keys !== FORMED),
        { ...COLUMNS, 'key read': READ_KEY_CALL },
      ),
    ].join('\n\n'),
    'full, floor': floorInWords(run),
    'full, forms of keys':
      formed.length > 0 ? timesTable(formed, COLUMNS) : 'Not part of the run above.',
    'full, memory': memoryFigures(run),
    'full, aims': targetRows(run.targets),
    'full, where it loses': markdown(
      ['what', 'this package', 'better by more than the noise'],
      [...timesLost(run), ...memoryLost(run)],
    ),
  }
}
