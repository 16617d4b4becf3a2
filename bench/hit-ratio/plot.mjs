// The hit ratios as a picture: a small chart for each trace.
// Lives here: its layout and the lines. How all pictures look belongs in ../plots.mjs.
import { OURS } from '../peers/index.mjs'
import { COLOURS, TEXT, WIDTH, heading, svg, writePictures } from '../plots.mjs'
import { LRU_CACHE, OPTIMUM, OUR_LRU, OUR_S3_FIFO, SIEVE, W_TINY_LFU } from './names.mjs'

// From the lowest to the topmost. lru-cache lies under our lru, which is why that one has gaps.
const LINES = {
  [OPTIMUM]: { label: 'optimum', colour: '#868e96', type: 'dotted' },
  [LRU_CACHE]: { label: 'lru-cache', colour: COLOURS[LRU_CACHE], width: 4 },
  [SIEVE]: { label: 'SIEVE', colour: '#9c36b5' },
  [W_TINY_LFU]: { label: 'W-TinyLFU', colour: '#1c7ed6' },
  [OUR_LRU]: { label: 'native-memory-cache, lru', colour: COLOURS[OURS], type: 'dashed' },
  [OUR_S3_FIFO]: { label: 'native-memory-cache, s3-fifo', colour: COLOURS[OURS], width: 3.5 },
}

const COLUMNS = 3
const TOP = 124
const CELL = { width: Math.floor(WIDTH / COLUMNS), height: 204 }
const PLOT = { left: 48, top: 40, width: CELL.width - 72, height: CELL.height - 80 }
const QUIET = '#495057'

function gridOf(i) {
  const { left, top, width, height } = PLOT
  return {
    left: left + (i % COLUMNS) * CELL.width,
    top: top + TOP + Math.floor(i / COLUMNS) * CELL.height,
    width,
    height,
    containLabel: false,
  }
}

const axisLabel = { color: TEXT.color, fontSize: 11 }

function seriesOf({ rows }, { name, requests }, i) {
  return Object.entries(LINES).flatMap(
    ([policy, { label, colour, width = 1.8, type = 'solid' }], z) => {
      const hits = rows.find((row) => row.policy === policy && row.trace === name)?.hits
      if (hits === undefined) return []
      return {
        name: label,
        type: 'line',
        xAxisIndex: i,
        yAxisIndex: i,
        z: 2 + z,
        symbol: 'none',
        color: colour,
        lineStyle: { width, type },
        data: hits.map((number) => (100 * number) / requests),
      }
    },
  )
}

function hitRatioPlot(run) {
  const { traces, plan } = run
  const { title, legend } = heading(
    run,
    'Hit ratio by size of the cache',
    'percent of the requests, more is better; sizes in percent of the keys of a trace',
  )
  const grid = traces.map((_, i) => gridOf(i))
  const titles = traces.map(({ name, requests, keys }, i) => ({
    text: name,
    subtext: `${requests.toLocaleString('en-US')} requests, ${keys.toLocaleString('en-US')} keys`,
    left: grid[i].left - 6,
    top: grid[i].top - 42,
    itemGap: 2,
    textStyle: { ...TEXT, fontSize: 14 },
    subtextStyle: { color: QUIET, fontSize: 11 },
  }))
  return svg(
    {
      title: [{ ...title, subtextStyle: { color: QUIET, lineHeight: 16 } }, ...titles],
      legend: {
        ...legend,
        itemGap: 24,
        itemWidth: 36,
        itemStyle: { opacity: 0 },
        data: Object.values(LINES)
          .map(({ label }) => label)
          .toReversed(),
      },
      grid,
      xAxis: grid.map((_, i) => ({
        gridIndex: i,
        type: 'category',
        boundaryGap: false,
        data: plan.shares.map((share) => `${share * 100} %`),
        axisLabel,
      })),
      yAxis: grid.map((_, i) => ({
        gridIndex: i,
        type: 'value',
        scale: true,
        splitNumber: 4,
        axisLabel,
      })),
      series: traces.flatMap((trace, i) => seriesOf(run, trace, i)),
    },
    TOP + Math.ceil(traces.length / COLUMNS) * CELL.height,
  )
}

/** Draws one picture; returns the names of the files. */
export const writeHitRatioPlot = (folder, run) =>
  writePictures(folder, { 'hit-ratio': hitRatioPlot(run) })
