// The hit ratios as a picture: a small chart for each trace.
// Lives here: its layout and the lines. How all pictures look belongs in ../panels.mjs.
import { OURS, PUBLISHED } from '../peers/index.mjs'
import { NEUTRAL, WIDTH, colourOf, path, picture, words } from '../panels.mjs'
import { LRU_CACHE, OPTIMUM, OUR_LRU, OUR_S3_FIFO, SIEVE, W_TINY_LFU } from './names.mjs'

// From the lowest to the topmost. lru-cache lies under our lru, which is why that one has gaps.
const LINES = {
  [OPTIMUM]: { label: 'optimum, which knows the future', colour: colourOf(NEUTRAL), dashes: '2 3' },
  [LRU_CACHE]: { label: 'lru-cache', colour: colourOf(LRU_CACHE), width: 4 },
  [SIEVE]: { label: 'SIEVE', colour: colourOf('tiny-lru') },
  [W_TINY_LFU]: { label: 'W-TinyLFU', colour: colourOf(PUBLISHED) },
  [OUR_LRU]: { label: 'native-memory-cache, lru', colour: colourOf(OURS), dashes: '6 4' },
  [OUR_S3_FIFO]: { label: 'native-memory-cache, s3-fifo', colour: colourOf(OURS), width: 3.5 },
}

const COLUMNS = 3
const CELL = { width: Math.floor((WIDTH - 16) / COLUMNS), height: 200 }
const PLOT = { left: 52, top: 44, width: CELL.width - 70, height: CELL.height - 80 }
const LEGEND_ROW = 20

const stroke = ({ colour, width = 2, dashes }) =>
  `stroke="${colour}" stroke-width="${width}" fill="none"${dashes ? ` stroke-dasharray="${dashes}"` : ''}`

function legend(top) {
  return Object.values(LINES)
    .toReversed()
    .flatMap((line, i) => {
      const x = 16 + (i % COLUMNS) * CELL.width
      const y = top + 8 + Math.floor(i / COLUMNS) * LEGEND_ROW
      return [
        path(
          [
            [x, y],
            [x + 30, y],
          ],
          stroke(line),
        ),
        words(x + 38, y + 4.5, line.label, { style: line.colour === colourOf(OURS) ? 'ours' : '' }),
      ]
    })
}

/** The least of 1, 2, 5, 10, 20 ... that makes at most five steps. */
function stepOf(range) {
  const decade = 10 ** Math.floor(Math.log10(range / 5))
  return [1, 2, 5, 10].map((factor) => factor * decade).find((step) => range / step <= 5)
}

function chart({ rows, plan }, { name, requests, keys }, left, top) {
  const ratios = Object.keys(LINES).flatMap((policy) => {
    const hits = rows.find((row) => row.policy === policy && row.trace === name)?.hits
    return hits === undefined ? [] : [[policy, hits.map((number) => (100 * number) / requests)]]
  })
  const all = ratios.flatMap(([, values]) => values)
  const step = stepOf(Math.max(Math.max(...all) - Math.min(...all), 1))
  const least = Math.floor(Math.min(...all) / step) * step
  const most = Math.ceil(Math.max(...all) / step) * step
  const x0 = left + PLOT.left
  const y0 = top + PLOT.top
  const x = (i) => x0 + (i * PLOT.width) / (plan.shares.length - 1)
  const y = (value) => y0 + PLOT.height * (1 - (value - least) / (most - least))
  const steps = Array.from(
    { length: Math.round((most - least) / step) + 1 },
    (_, i) => least + i * step,
  )
  return [
    words(x0, top + 16, name, { style: 'panel' }),
    words(
      x0,
      top + 33,
      `${requests.toLocaleString('en-US')} requests, ${keys.toLocaleString('en-US')} keys`,
      { style: 'quiet' },
    ),
    ...steps.flatMap((value) => [
      path(
        [
          [x0, y(value)],
          [x0 + PLOT.width, y(value)],
        ],
        'class="axis"',
      ),
      words(x0 - 6, y(value) + 4, `${value} %`, { style: 'quiet', anchor: 'end' }),
    ]),
    ...plan.shares.map((share, i) =>
      words(x(i), y0 + PLOT.height + 17, `${share * 100} %`, { style: 'quiet', anchor: 'middle' }),
    ),
    ...ratios.map(([policy, values]) =>
      path(
        values.map((value, i) => [x(i), y(value)]),
        stroke(LINES[policy]),
      ),
    ),
  ]
}

export const hitRatioPicture = (run) =>
  picture(
    {
      title: 'Hit ratio by size of the cache',
      explained:
        'requests that are answered, more is better; sizes in percent of the keys of a trace; each chart has its own scale',
      circumstances: `Node.js ${run.node.slice(1)}, ${run.date.slice(0, 10)}, ${run.commit}`,
    },
    (top) => {
      const first = top + 2 * LEGEND_ROW + 12
      const charts = run.traces.flatMap((trace, i) =>
        chart(
          run,
          trace,
          (i % COLUMNS) * CELL.width,
          first + Math.floor(i / COLUMNS) * CELL.height,
        ),
      )
      const bottom = first + Math.ceil(run.traces.length / COLUMNS) * CELL.height
      return { shapes: [...legend(top), ...charts], bottom }
    },
  )
