// The three figures that the README and the home page of the documentation show, of one full run.
// Lives here: which they are and how they read. All other figures are in docs/performance.md.
import { OURS, SHARED } from './peers/index.mjs'
import { circumstancesInWords, duration, markdown, pause } from './report.mjs'

const OTHERS = { 'lru-cache': 'lru-cache', published: '@humanspeak/memory-cache' }

const bytes = (value) => `${Math.round(value)} bytes`

const isHit = ({ workload, size, keys, ttl, hooks }) =>
  workload === 'get hit' && size === 10_000 && keys === 'built' && ttl && !hooks

const collection = ({ memory }, name) => pause(memory.results[name].ownValuesCollectionMs)

/** Each with how it reads, for the packages by name. */
const FIGURES = [
  {
    label: 'per `get` with 10,000 entries, keys built per call',
    of: ({ cells }, name) => duration(cells.find(isHit).results[name].median),
  },
  {
    label: 'of JavaScript heap per entry, excluding the value',
    of: ({ memory }, name) => bytes(memory.results[name].bytesPerEntry.heap),
  },
  {
    label: 'for a full garbage collection with a million objects in a `MemoryCache`',
    also: [SHARED, 'SharedMemoryCache'],
    of: collection,
  },
]

const withCircumstances = (headlines, results) => ({
  headlines,
  'headlines, circumstances': circumstancesInWords(results),
})

/** As a list, which the home page sets in columns; by its place in the document. */
export function headlinesList(results) {
  const items = FIGURES.map(({ label, also, of }) => {
    const others = (also ? [also] : []).concat(Object.entries(OTHERS))
    const figures = others.map(([name, title]) => `_${title}: ${of(results, name)}_`)
    return [`- **${of(results, OURS)}** ${label}`, ...figures].join('\n  ')
  })
  return withCircumstances(items.join('\n'), results)
}

/** As a table. */
export function headlinesTable(results) {
  const besides = ({ also, of }) =>
    also ? `, **${of(results, also[0])}** in a \`${also[1]}\`` : ''
  const cell = (figure, name) => {
    const value = figure.of(results, name)
    return name === OURS ? `**${value}** ${figure.label}${besides(figure)}` : value
  }
  const names = [OURS, ...Object.keys(OTHERS)]
  const rows = FIGURES.map((figure) => names.map((name) => cell(figure, name)))
  const header = ['native-memory-cache', ...Object.values(OTHERS)]
  return withCircumstances(markdown(header, rows, { numbers: true }), results)
}
