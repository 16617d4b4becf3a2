// The hit ratios as a picture: a small chart for each trace.
// Lives here: its layout and the lines. How all pictures look belongs in ../plots.mjs.
import { OURS } from '../peers/index.mjs'
import { COLOURS, TEXT, WIDTH, heading, svg, writePictures } from '../plots.mjs'
import { LRU_CACHE, OPTIMUM, OUR_LRU, OUR_S3_FIFO, SIEVE, W_TINY_LFU } from './policies.mjs'

// lru-cache lies under our lru, which is why that one has gaps.
const LINES = {
  [OPTIMUM]: { label: 'the optimum, which knows the future', colour: '#868e96', type: 'dotted' },
  [LRU_CACHE]: { label: 'lru-cache', colour: COLOURS[LRU_CACHE], width: 4 },
  [SIEVE]: { label: 'SIEVE', colour: '#9c36b5' },
  [W_TINY_LFU]: { label: 'W-TinyLFU, adaptive window', colour: '#1c7ed6' },
  [OUR_LRU]: { label: 'native-memory-cache, lru', colour: COLOURS[OURS], type: 'dashed' },
  [OUR_S3_FIFO]: { label: 'native-memory-cache, s3-fifo', colour: COLOURS[OURS], width: 3.5 },
}

const COLUMNS = 3
const TOP = 168
const CELL = { width: Math.floor(WIDTH / COLUMNS), height: 220 }
const PLOT = { left: 48, top: 34, width: CELL.width - 66, height: CELL.height - 82 }

const cornerOf = (i) => ({
  left: (i % COLUMNS) * CELL.width,
  top: TOP + Math.floor(i / COLUMNS) * CELL.height,
})

const axis = {
  nameLocation: 'middle',
  nameTextStyle: { color: TEXT.color, fontSize: 11 },
  axisLabel: { color: TEXT.color, fontSize: 10 },
}

function seriesOf({ rows }, { name }, i) {
  return Object.entries(LINES).flatMap(
    ([policy, { label, colour, width = 1.8, type = 'solid' }]) => {
      const points = rows.find((row) => row.policy === policy && row.trace === name)?.points
      if (points === undefined) return []
      return {
        name: label,
        type: 'line',
        xAxisIndex: i,
        yAxisIndex: i,
        showSymbol: false,
        color: colour,
        lineStyle: { width, type },
        data: points.map(({ share, ratio }) => [share * 100, ratio]),
      }
    },
  )
}

function hitRatioPlot(run) {
  const { traces } = run
  const { title, legend } = heading(
    run,
    'Hit ratio by size of the cache',
    'percent of requests, more is better; size in percent of the keys of a trace, logarithmic',
  )
  const grid = traces.map((_, i) => {
    const { left, top } = cornerOf(i)
    const { width, height } = PLOT
    return { left: left + PLOT.left, top: top + PLOT.top, width, height, containLabel: false }
  })
  const titles = traces.map(({ name, requests, keys }, i) => ({
    text: name,
    subtext: `${requests.toLocaleString('en-US')} requests, ${keys.toLocaleString('en-US')} keys`,
    left: grid[i].left - 6,
    top: grid[i].top - 36,
    itemGap: 2,
    textStyle: { ...TEXT, fontSize: 13 },
    subtextStyle: { color: '#495057', fontSize: 11 },
  }))
  return svg(
    {
      title: [title, ...titles],
      legend: { ...legend, data: Object.values(LINES).map(({ label }) => label) },
      grid,
      xAxis: traces.map((_, i) => ({
        ...axis,
        gridIndex: i,
        type: 'log',
        name: 'size, % of keys',
        nameGap: 22,
        min: 0.5,
        max: 20,
      })),
      yAxis: traces.map((_, i) => ({
        ...axis,
        gridIndex: i,
        type: 'value',
        scale: true,
        splitNumber: 4,
      })),
      series: traces.flatMap((trace, i) => seriesOf(run, trace, i)),
    },
    TOP + Math.ceil(traces.length / COLUMNS) * CELL.height,
  )
}

/** Draws one picture; returns the names of the files. */
export const writeHitRatioPlot = (folder, run) =>
  writePictures(folder, { 'hit-ratio': hitRatioPlot(run) })
