// The figures of the adapters, as docs/performance.md has them.
// Lives here: the tables. How the figures come about belongs in requests.mjs and memory.mjs.
import { circumstancesInWords, markdown } from '../report.mjs'
import { NEEDS_REDIS } from './stores.mjs'

const MIB = 2 ** 20

const whole = (value) => Math.round(value).toLocaleString('en-US')
const ms = (value) => `${value.toFixed(value < 10 ? 1 : 0)} ms`
const ONE_DIGIT = { minimumFractionDigits: 1, maximumFractionDigits: 1 }
// What a store takes may be less than what else the process gives back meanwhile.
const mib = ({ median }) => Math.max(0, median / MIB).toLocaleString('en-US', ONE_DIGIT)

/** Half of the rounds lie within this of each other, up or down. */
const percent = ({ spread }) => `±${Math.round(spread * 50)}%`

/** What the rows that follow are measured against: the framework alone. */
export const FRAMEWORKS = { express: 'Express', fastify: 'Fastify' }

const labelOf = ({ library, store }) =>
  store === undefined ? `${FRAMEWORKS[library]} alone` : `${library}: ${store}`

const cpuOf = ({ store, cpu, serverCpu }) =>
  NEEDS_REDIS.includes(store)
    ? `${whole(cpu.median)} + ${whole(serverCpu.median)} us`
    : `${whole(cpu.median)} us`

/** What a request takes of the app's processor beyond what it takes in an app of the framework alone. */
function addedCpu(rows, row) {
  if (row.store === undefined) return '-'
  const alone = rows.slice(0, rows.indexOf(row)).findLast(({ store }) => store === undefined)
  return `${whole(row.cpu.median - alone.cpu.median)} us`
}

const requestsTable = (rows) =>
  markdown(
    ['app', 'requests/s', 'spread', 'p50', 'p99', 'CPU', 'added'],
    rows.map((row) => [
      labelOf(row),
      whole(row.perSecond.median),
      percent(row.perSecond),
      ms(row.p50.median),
      ms(row.p99.median),
      cpuOf(row),
      addedCpu(rows, row),
    ]),
    { numbers: true },
  )

const COLUMNS = [
  ['heap', ({ heap }) => mib(heap)],
  ['resident', ({ resident }) => mib(resident)],
  ['on the server', ({ store, server }) => (NEEDS_REDIS.includes(store) ? mib(server) : '-')],
  ['full GC', ({ fullCollection }) => ms(fullCollection.median)],
  ['longest GC while filling', ({ longestWhileFilling }) => ms(longestWhileFilling.median)],
]

const memoryTable = ({ size }, rows) =>
  markdown(
    [`${whole(size)} entries, MiB`, ...COLUMNS.map(([title]) => title)],
    rows.map((row) =>
      [labelOf(row)].concat(
        COLUMNS.map(([, show]) => (row.failed === undefined ? show(row) : 'failed')),
      ),
    ),
    { numbers: true },
  )

/** Tables by their place in the document. */
export const adaptersTables = (results) => ({
  'adapters, requests': `${circumstancesInWords(results)}\n\n${requestsTable(results.requests)}`,
  'adapters, memory': memoryTable(results.plan.memory, results.memory),
})

export const adaptersFailures = ({ memory }) =>
  memory.filter(({ failed }) => failed !== undefined).map((row) => `${labelOf(row)}: ${row.failed}`)
