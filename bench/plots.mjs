// The results as pictures.
// Lives here: which pictures there are and which figures they show. How they look belongs in panels.mjs.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FRAMEWORKS } from './adapters/report.mjs'
import { hitRatioPicture } from './hit-ratio/plot.mjs'
import { NEUTRAL, panelsPicture } from './panels.mjs'
import {
  LRU_CACHE_EXACT,
  OURS,
  PEERS,
  PUBLISHED,
  READ_KEY_CALL,
  S3_FIFO,
  SHARED,
} from './peers/index.mjs'
import { pause } from './report.mjs'

const NAMES = {
  [OURS]: 'native-memory-cache',
  [SHARED]: 'SharedMemoryCache',
  [S3_FIFO]: 'MemoryCache, s3-fifo',
  [PUBLISHED]: '@humanspeak/memory-cache',
  [LRU_CACHE_EXACT]: 'lru-cache, exact clock',
  ttlcache: '@isaacs/ttlcache',
  cacheable: '@cacheable/memory',
}
const shownName = (name) => NAMES[name] ?? name

const MIB = 2 ** 20
const count = (value) => value.toLocaleString('en-US')

/** Of one run, or of each of several. */
const circumstancesOf = (...runs) =>
  [
    ...new Set(
      runs.map(
        ({ node, machine, commit, date }) =>
          `Node.js ${node.slice(1)}, ${machine.cpu}, ${date.slice(0, 10)}, ${commit}`,
      ),
    ),
  ].join('; ')

const withHeading = (run, title, explained, ...others) => ({
  title,
  explained,
  circumstances: circumstancesOf(run, ...others),
})

const LACKS = { ttl: 'has no ttl', 'LRU eviction': 'no LRU eviction' }
const lacksInWords = (outcome) =>
  outcome?.failed
    ? 'did not finish'
    : outcome?.lacks
      ? (LACKS[outcome.lacks] ?? `has no ${outcome.lacks}`)
      : 'not measured'

/** Fastest first; those that cannot take part last. */
const byValue = (rows) => rows.toSorted((a, b) => (a.value ?? Infinity) - (b.value ?? Infinity))

function timeRow(name, outcome, size) {
  const label = shownName(name)
  if (outcome?.median === undefined) return { label, name, lacks: lacksInWords(outcome) }
  const { median, spread } = outcome
  const half = (median * spread) / 2
  return {
    label,
    name,
    value: median / size,
    low: (median - half) / size,
    high: (median + half) / size,
  }
}

const UNITS = [
  ['ms', 1e6],
  ['us', 1e3],
  ['ns', 1],
]

function cellPanel(cell, title) {
  const names = PEERS.filter((name) => cell.results[name] !== undefined)
  const ours = cell.results[OURS]?.median ?? 1
  const [unit, size] = UNITS.find(([, one]) => ours >= one) ?? UNITS[2]
  const floor = cell.results[READ_KEY_CALL]?.median
  return {
    title,
    unit,
    rows: byValue(names.map((name) => timeRow(name, cell.results[name], size))),
    ...(floor && {
      limit: { value: floor / size, label: `┊ reading the key alone: ${Math.round(floor)} ns` },
    }),
  }
}

const usual = (cell) => cell.ttl && !cell.hooks
const SPREAD = 'whiskers: half of the rounds'

function operations(run) {
  const chosen = run.cells.filter(
    (cell) => usual(cell) && cell.keys === 'built' && cell.size === 10_000,
  )
  if (chosen.length === 0) return undefined
  return panelsPicture(
    withHeading(
      run,
      'Time per operation, 10,000 entries',
      `less is better; ttl on, the key is built for each call; ${SPREAD}`,
    ),
    chosen.map((cell) => cellPanel(cell, cell.workload)),
    { columns: 2 },
  )
}

function bulk(run) {
  const lists = run.cells.filter((cell) => usual(cell) && cell.keys === '-')
  const size = Math.max(...lists.map((cell) => cell.size))
  const chosen = lists.filter((cell) => cell.size === size)
  if (chosen.length === 0) return undefined
  return panelsPicture(
    withHeading(
      run,
      `Time of one call, ${count(size)} entries`,
      `less is better; a deletion takes one entry of 100 or of 200; ${SPREAD}`,
    ),
    chosen.map((cell) => cellPanel(cell, cell.workload)),
    { columns: 2 },
  )
}

/** One panel for each size, so that nothing has to be drawn where there is no figure. */
function growth(run, keys) {
  const chosen = run.cells
    .filter((cell) => usual(cell) && cell.workload === 'get hit' && cell.keys === keys)
    .toSorted((a, b) => a.size - b.size)
  if (chosen.length < 2) return undefined
  return panelsPicture(
    withHeading(
      run,
      `A get of an entry that is there, by number of entries: ${keys === 'built' ? 'key built per call' : 'same key object'}`,
      `less is better; each panel has its own scale; ${SPREAD}`,
    ),
    chosen.map((cell) => cellPanel(cell, `${count(cell.size)} entries`)),
    { columns: 2 },
  )
}

function memory(run) {
  const all = Object.entries(run.memory?.results ?? {})
  const named = all.filter(([, { bytesPerEntry }]) => bytesPerEntry !== undefined)
  if (named.length === 0) return undefined
  const panel = (title, part) => ({
    title,
    unit: 'bytes per entry',
    rows: byValue(
      named.map(([name, { ttl, bytesPerEntry }]) => ({
        label: `${shownName(name)}${ttl ? '' : ' (no ttl)'}`,
        name,
        value: bytesPerEntry[part],
      })),
    ),
  })
  return panelsPicture(
    withHeading(
      run,
      `Memory per entry, ${count(run.memory.size)} entries`,
      'less is better; keys included, values not',
    ),
    [panel('V8 heap', 'heap'), panel('Resident memory, all included', 'resident')],
    { columns: 2 },
  )
}

const FIRST_SCREEN = [OURS, 'lru-cache', PUBLISHED]

/** A pause is what a caller waits, whoever caused it. */
function pauses(full, calls) {
  if (!full?.memory || !calls) return undefined
  const size = full.memory.size
  const longest = (operation, title) => ({
    title,
    unit: 'ms',
    rows: FIRST_SCREEN.map((name) => {
      const found = calls.pauses.find(
        (row) =>
          row.kind === 'calls' &&
          row.operation === operation &&
          row.size === size &&
          row.name === name,
      )
      const label = shownName(name)
      return found?.longest
        ? { label, name, value: found.longest.median }
        : { label, name, lacks: lacksInWords(found) }
    }),
  })
  const rows = [OURS, SHARED, ...FIRST_SCREEN.slice(1)].map((name) => {
    const label = shownName(name)
    const value = full.memory.results[name]?.ownValuesCollectionMs
    if (value === undefined) return { label, name, lacks: 'not measured' }
    return { label, name, value: Math.max(value, 0), text: pause(value) }
  })
  return panelsPicture(
    withHeading(
      full,
      `How long your program is blocked, ${count(size)} entries`,
      'milliseconds, less is better',
      calls,
    ),
    [
      { title: 'A full collection, an object in each entry', unit: 'ms', rows },
      longest('set while filling', 'The longest set while the cache fills'),
      longest('set with eviction', 'The longest set of a full cache, which evicts'),
      longest('clear()', 'clear()'),
    ],
    { columns: 2 },
  )
}

/** Every operation of every cache at the largest size. */
function longestCalls(run) {
  const size = Math.max(...run.plan.sizes)
  const rows = run.pauses.filter((row) => row.kind === 'calls' && row.size === size)
  const operationNames = [...new Set(rows.map(({ operation }) => operation))]
  if (operationNames.length === 0) return undefined
  return panelsPicture(
    withHeading(
      run,
      `The longest single call, ${count(size)} entries`,
      'ms, less is better: what one caller waits, collections included',
    ),
    operationNames.map((operation) => ({
      title: operation,
      unit: 'ms',
      rows: byValue(
        rows
          .filter((row) => row.operation === operation)
          .map((row) => ({
            label: shownName(row.name),
            name: row.name,
            value: row.longest?.median,
            lacks: row.name === SHARED ? 'not compared' : lacksInWords(row),
          })),
      ),
    })),
    { columns: 2 },
  )
}

function threads(run) {
  const read = (source) => run.reads.find((row) => row.source === source && row.threads === 1)
  const added = (kind) =>
    run.sharing.find((row) => row.workers === 4 && row.kind === kind).added / MIB
  const reads = [
    ['SharedMemoryCache', SHARED, 'shared'],
    ['messages to the main thread', NEUTRAL, 'asking the main thread'],
    ['Redis on the same machine', NEUTRAL, 'Redis on loopback'],
  ].map(([label, name, source]) => {
    const { median } = read(source) ?? {}
    return median === undefined
      ? { label, name, lacks: 'not measured' }
      : { label, name, value: median / 1e3 }
  })
  return panelsPicture(
    withHeading(
      run,
      `${count(run.sharedSessions)} sessions for 4 worker threads`,
      'less is better',
    ),
    [
      {
        title: 'Memory they add',
        unit: 'MiB',
        rows: [
          { label: 'one SharedMemoryCache', name: SHARED, value: added('shared') },
          { label: 'a copy in each worker', name: NEUTRAL, value: added('own') },
        ],
      },
      { title: 'Time for a worker to read one session', unit: 'us', rows: reads },
    ],
  )
}

function adapters(run) {
  const libraries = [
    ...new Set(run.requests.filter(({ store }) => store).map(({ library }) => library)),
  ]
  const frameworkOf = (library) =>
    run.requests
      .slice(
        0,
        run.requests.findIndex((row) => row.library === library),
      )
      .findLast(({ store }) => store === undefined)
  return panelsPicture(
    withHeading(
      run,
      'Requests per second through the adapters',
      `more is better; dashed: the framework alone; ${SPREAD}`,
    ),
    libraries.map((library) => {
      const alone = frameworkOf(library)
      return {
        title: library,
        unit: 'requests/s',
        limit: {
          value: alone.perSecond.median,
          label: `┊ ${FRAMEWORKS[alone.library]} alone: ${count(Math.round(alone.perSecond.median))}`,
        },
        rows: run.requests
          .filter((row) => row.library === library)
          .map(({ store, perSecond: { median, spread } }) => ({
            label: store,
            name: store === 'MemoryCache' || store === 'SharedMemoryCache' ? OURS : NEUTRAL,
            value: median,
            low: median * (1 - spread / 2),
            high: median * (1 + spread / 2),
          })),
      }
    }),
    { columns: 2 },
  )
}

/** Each by its name, of the results that are there: `results(name)` is the data or undefined. */
export function pictures(results) {
  const of = (name, draw) => (results(name) === undefined ? undefined : draw(results(name)))
  return {
    operations: of('full', operations),
    bulk: of('full', bulk),
    'growth-built': of('full', (run) => growth(run, 'built')),
    'growth-same': of('full', (run) => growth(run, 'same')),
    memory: of('full', memory),
    pauses: pauses(results('full'), results('pauses')),
    'longest-calls': of('pauses', longestCalls),
    threads: of('threads', threads),
    adapters: of('adapters', adapters),
    'hit-ratio': of('hit-ratio', hitRatioPicture),
  }
}

/** The data of one folder, by name. */
export const resultsIn = (folder) => (name) => {
  const file = join(folder, `${name}.json`)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

/** Draws whatever the folder has the data for; returns the names of the files. */
export const drawPictures = (folder) =>
  Object.entries(pictures(resultsIn(folder)))
    .filter(([, picture]) => picture !== undefined)
    .map(([name, picture]) => {
      const file = join(folder, `${name}.svg`)
      writeFileSync(file, picture)
      return file
    })
