// What an entry costs with each policy of eviction: tables and targets.
// Lives here: rows and verdicts. How the figures come about belongs in index.mjs.
import { OURS, S3_FIFO } from '../peers/index.mjs'
import { circumstancesInWords, duration, markdown } from '../report.mjs'

const LRU_CACHE = 'lru-cache'
const KEYS = { built: 'built', same: 'same object' }
const PEERS = [OURS, S3_FIFO, LRU_CACHE]
const NAMES = { [OURS]: 'lru', [S3_FIFO]: 's3-fifo', [LRU_CACHE]: 'lru-cache' }

const MILLION = 1_000_000
/** At least so many times as fast as the other. */
const LEAST = [
  ['get hit', 10_000, OURS, 1.1],
  ['get hit', MILLION, OURS, 1.25],
  ['set with eviction', 10_000, OURS, 0.9],
  ['set with eviction', MILLION, OURS, 0.9],
].flatMap(([workload, size, peer, least]) =>
  Object.keys(KEYS).map((keys) => ({ workload, size, keys, peer, least })),
)
const SAME_KEYS = [200_000, MILLION].map((size) => ({
  workload: 'get hit',
  size,
  keys: 'same',
  peer: LRU_CACHE,
  least: 1,
}))
const MOST_BYTES = 110

/** How many times as fast as the peer `s3-fifo` is. */
const timesOf = (results, peer) => results[peer].median / results[S3_FIFO].median

const timeOf = ({ failed, median }) => (failed === undefined ? duration(median) : 'failed')

function timeRow({ workload, size, keys, results }) {
  const ratio = (peer) => {
    const times = timesOf(results, peer)
    return Number.isFinite(times) ? times.toFixed(2) : '-'
  }
  return [
    `${workload}, ${KEYS[keys]}, ${size.toLocaleString('en-US')}`,
    ...PEERS.map((name) => timeOf(results[name])),
    ratio(OURS),
    ratio(LRU_CACHE),
  ]
}

const timeTable = (cells) =>
  markdown(
    ['operation, key, entries', ...PEERS.map((name) => NAMES[name]), 'to lru', 'to lru-cache'],
    cells.map(timeRow),
    { numbers: true },
  )

function memoryRow(results, name) {
  const { failed, bytesPerEntry } = results[name]
  if (failed !== undefined) return [NAMES[name], 'failed', 'failed']
  const onHeap = bytesPerEntry.heap + bytesPerEntry.buffers
  return [NAMES[name], onHeap.toFixed(0), bytesPerEntry.resident.toFixed(0)]
}

const memoryTable = ({ size, results }) =>
  markdown(
    [`bytes an entry, ${size.toLocaleString('en-US')}`, 'on V8’s heap', 'resident'],
    PEERS.map((name) => memoryRow(results, name)),
    { numbers: true },
  )

/** Tables by their place in the document. */
export const evictionTables = (results) => ({
  'eviction, times': `${circumstancesInWords(results)}\n\n${timeTable(results.cells)}`,
  'eviction, memory': memoryTable(results.memory),
})

function timeVerdict(cells, { workload, size, keys, peer, least }) {
  const cell = cells.find(
    (one) => one.workload === workload && one.size === size && one.keys === keys,
  )
  const times = cell === undefined ? NaN : timesOf(cell.results, peer)
  const measured = Number.isFinite(times)
  return {
    label: `${workload}, ${keys}, ${size.toLocaleString('en-US')}`,
    measure: `times as fast as ${NAMES[peer]}`,
    target: `>= ${least}`,
    value: measured ? times : undefined,
    verdict: measured ? (times >= least ? 'pass' : 'miss') : 'not measured',
  }
}

function memoryVerdict({ size, results }) {
  const value = results[S3_FIFO].bytesPerEntry?.resident
  return {
    label: `memory, ${size.toLocaleString('en-US')}`,
    measure: 'resident B/entry',
    target: `<= ${MOST_BYTES}`,
    value,
    verdict: value === undefined ? 'not measured' : value <= MOST_BYTES ? 'pass' : 'miss',
  }
}

export const evictionVerdicts = ({ cells, memory }) => [
  ...[...LEAST, ...SAME_KEYS].map((wanted) => timeVerdict(cells, wanted)),
  memoryVerdict(memory),
]
