// What diagnostics channels cost, as docs/diagnostics.md has it.
// Lives here: the table, and the names of its rows. How the figures come about belongs in ../diagnostics.mjs.
import { circumstancesInWords, duration, markdown } from '../report.mjs'

/** How a process is observed. */
export const MANNERS = {
  without: 'without the channels in the code',
  never: 'nobody subscribes',
  stranger: 'somebody subscribes to a channel of another library',
  after: 'somebody did, to all of them',
  other: 'somebody subscribes to `evict`',
  all: 'somebody subscribes to all of them',
}

export const diagnosticsTables = ({ cells, ...results }) => {
  const operations = Object.keys(cells.never)
  const row = (label, figureOf) => [label].concat(operations.map(figureOf))
  const rows = Object.entries(cells).map(([manner, cell]) =>
    row(MANNERS[manner], (name) => duration(cell[name].fastest)),
  )
  const [without, never] = [cells.without, cells.never]
  const ratio = (name) => (never[name].fastest / without[name].fastest).toFixed(2)
  return {
    diagnostics: [
      circumstancesInWords(results),
      markdown(
        ['', ...operations],
        [...rows, row('nobody subscribes, in times of without', ratio)],
        { numbers: true },
      ),
    ].join('\n\n'),
  }
}
