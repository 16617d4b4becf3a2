// Tables of the documentation that are made of results: each stands between two comments, and nothing else does.
// Lives here: which results fill which document, and how. What is in the tables belongs in the reports.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../scripts/run.mjs'
import { adaptersTables } from './adapters/report.mjs'
import { diagnosticsTables } from './diagnostics/report.mjs'
import { evictionTables } from './eviction/report.mjs'
import { headlinesList, headlinesTable } from './headlines.mjs'
import { extendedDocument } from './extended/report.mjs'
import { hitRatioTables, variantTables } from './hit-ratio/report.mjs'
import { pauseDocument } from './pauses/report.mjs'
import { batchesTables, performanceTables } from './performance.mjs'
import { scalingTables } from './scaling/report.mjs'
import { snapshotTables } from './snapshots/report.mjs'
import { footprintDocument, threadsDocument } from './threads/targets.mjs'

/** Which document has which tables of `results`, the name of a results file. */
export const DOCUMENTED = [
  { results: 'adapters', document: 'docs/performance.md', tables: adaptersTables },
  { results: 'batches', document: 'docs/performance.md', tables: batchesTables },
  { results: 'extended', document: 'docs/performance.md', tables: extendedDocument },
  { results: 'full', document: 'docs/performance.md', tables: performanceTables },
  { results: 'pauses', document: 'docs/performance.md', tables: pauseDocument },
  { results: 'threads', document: 'docs/performance.md', tables: threadsDocument },
  { results: 'full', document: 'README.md', tables: headlinesTable },
  { results: 'full', document: 'docs/index.md', tables: headlinesList },
  { results: 'diagnostics', document: 'docs/diagnostics.md', tables: diagnosticsTables },
  { results: 'eviction', document: 'docs/performance.md', tables: evictionTables },
  { results: 'footprint', document: 'docs/threads.md', tables: footprintDocument },
  { results: 'hit-ratio', document: 'docs/performance.md', tables: hitRatioTables },
  { results: 'hit-ratio', document: 'docs/decisions/014-s3-fifo.md', tables: variantTables },
  { results: 'scaling', document: 'docs/scaling.md', tables: scalingTables },
  { results: 'snapshots', document: 'docs/performance.md', tables: snapshotTables },
]

/** The document's text with the tables of these results. */
export function withTables(text, tables) {
  let filled = text
  for (const [name, table] of Object.entries(tables)) {
    const place = new RegExp(`(<!-- table: ${name} -->\\n).*?(<!-- end -->)`, 's')
    if (!place.test(filled)) throw new Error(`the document has no place for the table "${name}"`)
    filled = filled.replace(place, (_, begin, end) => `${begin}\n${table}\n\n${end}`)
  }
  return filled
}

/** Returns the paths of the documents. */
export const writeTables = (name, data) =>
  DOCUMENTED.filter(({ results }) => results === name).map(({ document, tables }) => {
    const file = join(root, document)
    writeFileSync(file, withTables(readFileSync(file, 'utf8'), tables(data)))
    return file
  })
