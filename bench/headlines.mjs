// The three figures that the home page of the documentation shows, of one full run.
// Lives here: which they are and how they read. All other figures are in docs/performance.md.
import { OURS } from './peers/index.mjs'
import { circumstancesInWords, duration } from './report.mjs'

const OTHERS = { 'lru-cache': 'lru-cache', published: '@humanspeak/memory-cache' }

const bytes = (value) => `${Math.round(value)} bytes`
const milliseconds = (value) => duration(value * 1e6)

/** Ours, and what it is compared with, as an item of a list. */
function item(label, valueOf, show) {
  const others = Object.entries(OTHERS).map(([name, title]) => `_${title}: ${show(valueOf(name))}_`)
  return [`- **${show(valueOf(OURS))}** ${label}`, ...others].join('\n  ')
}

/** Lists by their place in the document. */
export function headlines(results) {
  const memory = (name) => results.memory.results[name]
  const hit = results.cells.find(
    ({ workload, size, keys, ttl, hooks }) =>
      workload === 'get hit' && size === 10_000 && keys === 'built' && ttl && !hooks,
  )
  const items = [
    item('per `get`, keys built per call', (name) => hit.results[name].median, duration),
    item(
      'for a full garbage collection with a million entries',
      (name) => memory(name).fullCollectionMs,
      milliseconds,
    ),
    item(
      'of JavaScript heap per entry, beside the value',
      (name) => memory(name).bytesPerEntry.heap,
      bytes,
    ),
  ]
  return {
    headlines: items.join('\n'),
    'headlines, circumstances': circumstancesInWords(results),
  }
}
