// The results as pictures.
// Lives here: which plots there are and how they look. The figures are the results file's.
import * as echarts from 'echarts'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EMPTY_CALL, OURS, PEERS, PUBLISHED, READ_KEY_CALL } from './peers/index.mjs'

export const COLOURS = {
  [OURS]: '#d9480f',
  [PUBLISHED]: '#1c7ed6',
  shared: '#f59f00',
  'lru-cache': '#2f9e44',
  'tiny-lru': '#9c36b5',
  mnemonist: '#e8a600',
  'quick-lru': '#0c8599',
  'node-cache': '#868e96',
  ttlcache: '#c2255c',
  'lru.min': '#6741d9',
  cacheable: '#5c940d',
}
const FLOOR_COLOUR = '#343a40'

const NAMES = {
  [OURS]: 'native-memory-cache',
  shared: 'SharedMemoryCache',
  [PUBLISHED]: '@humanspeak/memory-cache',
  ttlcache: '@isaacs/ttlcache',
  cacheable: '@cacheable/memory',
  [EMPTY_CALL]: 'empty N-API call',
  [READ_KEY_CALL]: 'N-API call that reads the key',
}
const shownName = (name) => NAMES[name] ?? name

export const WIDTH = 960
export const TEXT = { color: '#212529', fontFamily: 'sans-serif' }

export function svg(option, height) {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height })
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: TEXT,
    grid: { left: 24, right: 32, top: 150, bottom: 40, containLabel: true },
    ...option,
  })
  const text = chart.renderToSVGString()
  chart.dispose()
  return text
}

export const heading = ({ node, machine, date }, text, explained) => ({
  title: {
    text,
    subtext: `${explained}\nNode.js ${node}, ${machine.cpu}, ${date.slice(0, 10)}`,
    left: 16,
    top: 8,
    textStyle: { ...TEXT, fontSize: 16 },
  },
  legend: { top: 80, left: 16, right: 16, itemGap: 22, textStyle: TEXT },
})

const short = (value) => Number(value.toPrecision(2)).toLocaleString('en-US')

export function writePictures(folder, pictures) {
  mkdirSync(folder, { recursive: true })
  return Object.entries(pictures)
    .filter(([, picture]) => picture !== undefined)
    .map(([name, picture]) => {
      const file = join(folder, `${name}.svg`)
      writeFileSync(file, picture)
      return file
    })
}

const usual = (cell) => cell.ttl && !cell.hooks
const medianOf = (cell, name) => cell?.results[name]?.median
const measured = (cells, names) =>
  names.filter((name) => cells.some((cell) => medianOf(cell, name) !== undefined))

function barSeries(names, groups, valueOf, colours = COLOURS) {
  return names.map((name) => ({
    name: shownName(name),
    type: 'bar',
    barGap: '8%',
    itemStyle: { color: colours[name] },
    label: {
      show: true,
      position: 'right',
      fontSize: 9,
      formatter: ({ value }) => (value === null ? '' : short(value)),
    },
    data: groups.map((group) => valueOf(group, name) ?? null),
  }))
}

/** Groups of horizontal bars; the first group is at the top. */
function bars(run, { title, explained, unit, labels, series, log = true }) {
  const rows = labels.length * series.length
  return svg(
    {
      ...heading(run, title, explained),
      xAxis: { type: log ? 'log' : 'value', name: unit, nameLocation: 'middle', nameGap: 26 },
      yAxis: { type: 'category', data: labels, inverse: true, axisTick: { show: false } },
      series,
    },
    214 + rows * 15 + labels.length * 12,
  )
}

function operations(run) {
  const { cells } = run
  const size = cells.some((cell) => cell.size === 10_000) ? 10_000 : cells[0].size
  const chosen = cells.filter((cell) => usual(cell) && cell.keys === 'built' && cell.size === size)
  if (chosen.length === 0) return undefined
  return bars(run, {
    title: `Time per operation, ${size.toLocaleString('en-US')} entries, ttl on`,
    explained: 'ns, logarithmic, less is better; key built per call',
    unit: 'ns',
    labels: chosen.map(({ workload }) => workload),
    series: barSeries(measured(chosen, PEERS), chosen, medianOf),
  })
}

function bulk(run) {
  const { cells } = run
  const lists = cells.filter((cell) => usual(cell) && cell.keys === '-')
  const size = Math.max(...lists.map((cell) => cell.size))
  const chosen = lists.filter((cell) => cell.size === size)
  if (chosen.length === 0) return undefined
  return bars(run, {
    title: `Time per call, ${size.toLocaleString('en-US')} entries`,
    explained: 'us, logarithmic, less is better; a deletion takes one entry of 100 or of 200',
    unit: 'us',
    labels: chosen.map(({ workload }) => workload),
    series: barSeries(measured(chosen, PEERS), chosen, (cell, name) => {
      const median = medianOf(cell, name)
      return median && median / 1e3
    }),
  })
}

function growth(run, keys) {
  const chosen = run.cells
    .filter((cell) => usual(cell) && cell.workload === 'get hit' && cell.keys === keys)
    .toSorted((a, b) => a.size - b.size)
  if (chosen.length < 2) return undefined
  const floors = Object.keys(chosen[0].results).filter((name) => !PEERS.includes(name))
  const series = [...measured(chosen, PEERS), ...measured(chosen, floors)].map((name) => ({
    name: shownName(name),
    type: 'line',
    symbolSize: 6,
    connectNulls: true,
    lineStyle: {
      width: name === OURS ? 3.5 : 1.8,
      type: floors.includes(name) ? 'dashed' : 'solid',
    },
    color: COLOURS[name] ?? FLOOR_COLOUR,
    data: chosen
      .filter((cell) => medianOf(cell, name) !== undefined)
      .map((cell) => [cell.size, medianOf(cell, name)]),
  }))
  return svg(
    {
      ...heading(
        run,
        `get hit by number of entries, ${keys === 'built' ? 'key built per call' : 'same key object'}`,
        'ns, both axes logarithmic, less is better; dashed: the limits of any native cache',
      ),
      xAxis: { type: 'log', name: 'entries', nameLocation: 'middle', nameGap: 26, min: 1000 },
      yAxis: { type: 'log', name: 'ns', nameLocation: 'middle', nameGap: 48, min: 10 },
      series,
    },
    540,
  )
}

function memoryBars(run, { title, explained, unit, parts }) {
  if (!run.memory) return undefined
  const named = Object.entries(run.memory.results)
    .filter(([, result]) => !result.failed)
    .toSorted(([, a], [, b]) => parts[0].of(a) - parts[0].of(b))
  if (named.length === 0) return undefined
  const colours = Object.fromEntries(parts.map(({ name, colour }) => [name, colour]))
  const partNamed = new Map(parts.map((part) => [part.name, part]))
  return bars(run, {
    title,
    explained,
    unit,
    log: false,
    labels: named.map(([name, { ttl }]) => `${shownName(name)}${ttl ? '' : ' (no ttl)'}`),
    series: barSeries(
      parts.map(({ name }) => name),
      named.map(([, result]) => result),
      (result, name) => partNamed.get(name).of(result),
      colours,
    ),
  })
}

const entriesOf = ({ memory }) => (memory?.size ?? 0).toLocaleString('en-US')

const memoryPlot = (run) =>
  memoryBars(run, {
    title: `Memory per entry, ${entriesOf(run)} entries`,
    explained: 'bytes, keys included and values not, less is better',
    unit: 'bytes',
    parts: [
      { name: 'resident', colour: '#1c7ed6', of: ({ bytesPerEntry }) => bytesPerEntry.resident },
      { name: 'V8 heap', colour: '#d9480f', of: ({ bytesPerEntry }) => bytesPerEntry.heap },
    ],
  })

const pausesPlot = (run) =>
  memoryBars(run, {
    title: `Pauses, ${entriesOf(run)} entries`,
    explained: 'ms, less is better',
    unit: 'ms',
    parts: [
      {
        name: 'full collection',
        colour: '#1c7ed6',
        of: (result) => Math.max(result.fullCollectionMs, 0),
      },
      {
        name: 'longest while filling',
        colour: '#d9480f',
        of: (result) => result.fillPauses.longest,
      },
      { name: 'longest in churn', colour: '#2f9e44', of: (result) => result.churnPauses?.longest },
      {
        name: 'event loop delay p99 in churn',
        colour: '#868e96',
        of: (result) => result.delay?.p99,
      },
    ],
  })

/** The caches with a lane of their own; the peers share one. */
const LANES = [OURS, 'shared', PUBLISHED]
const OTHERS = 'others'
const OTHERS_COLOUR = '#868e96'
const QUIET = '#495057'
const LANE_HEIGHT = 20
const LABELS_WIDTH = 204

/** Where "no such thing" would be wrong. */
const NOT_COMPARED = {
  shared: {
    'LRU eviction': 'not compared: it evicts by shard',
    prune: 'not compared: a thread of its own removes what has expired',
  },
}

const gapInWords = ({ name, lacks, failed }) =>
  failed ? `failed: ${failed}` : (NOT_COMPARED[name]?.[lacks] ?? `no ${lacks}`)

/** `no prune: a, b; no ttl: c` */
function gapsInWords(rows) {
  const gaps = rows.filter(({ longest }) => longest === undefined)
  return [...new Set(gaps.map(gapInWords))]
    .map((why) => {
      const names = gaps.filter((row) => gapInWords(row) === why).map(({ name }) => shownName(name))
      return `${why}: ${names.length === rows.length ? `all ${OTHERS}` : names.join(', ')}`
    })
    .join('; ')
}

const text = (x, y, words, position, style) => ({
  value: [x, y],
  symbolSize: 0.1,
  label: { show: true, position, formatter: words, fontSize: 12, ...style },
})

/** Dots, for on a logarithmic axis the length of a bar says nothing. */
function dots(rows, y, colour, symbolSize) {
  return rows.map(({ longest }) => ({
    value: [longest.median, y],
    symbolSize,
    itemStyle: { color: colour, borderColor: '#ffffff' },
  }))
}

function laneOf(name, [row], y, least) {
  if (row.longest === undefined) {
    return [text(least, y, gapInWords(row), 'right', { color: QUIET })]
  }
  const style = { color: TEXT.color, fontWeight: name === OURS ? 'bold' : 'normal', distance: 9 }
  return [
    ...dots([row], y, COLOURS[name], name === OURS ? 15 : 12),
    text(row.longest.median, y, short(row.longest.median), 'right', style),
  ]
}

function laneOfOthers(rows, y) {
  const sorted = rows
    .filter(({ longest }) => longest !== undefined)
    .toSorted((a, b) => a.longest.median - b.longest.median)
  const named = ({ name, longest: { median } }, position) =>
    text(
      median,
      y,
      position === 'left'
        ? `${shownName(name)}  ${short(median)}`
        : `${short(median)}  ${shownName(name)}`,
      position,
      { color: QUIET, distance: 8 },
    )
  const ends = sorted.length > 1 ? [named(sorted[0], 'left')] : []
  if (sorted.length > 0) ends.push(named(sorted.at(-1), 'right'))
  return [...dots(sorted, y, OTHERS_COLOUR, 10), ...ends]
}

function longestCalls(run) {
  const size = Math.max(...run.plan.sizes)
  const rows = run.pauses.filter((row) => row.kind === 'calls' && row.size === size)
  const found = rows.flatMap(({ longest }) => longest?.median ?? [])
  if (found.length === 0) return undefined
  // A decade is left free for the name to the left of the first dot.
  const least = 10 ** Math.floor(Math.log10(Math.min(...found) / 10))
  const labels = []
  const data = []
  for (const operation of new Set(rows.map((row) => row.operation))) {
    const all = rows.filter((row) => row.operation === operation)
    const others = all.filter(({ name }) => !LANES.includes(name))
    data.push(text(least, labels.length, gapsInWords(others), 'right', { color: QUIET }))
    labels.push(`{operation|${operation}}`)
    for (const name of LANES) {
      const own = all.filter((row) => row.name === name)
      if (own.length === 0) continue
      data.push(...laneOf(name, own, labels.length, least))
      labels.push(`{${name === OURS ? 'ours' : 'lane'}|${shownName(name)}}`)
    }
    if (others.every(({ longest }) => longest === undefined)) continue
    data.push(...laneOfOthers(others, labels.length))
    labels.push(`{lane|${OTHERS}}`)
  }
  const others = run.plan.peers.filter((name) => !LANES.includes(name)).map(shownName)
  const { title } = heading(
    run,
    `Longest single call, ${size.toLocaleString('en-US')} entries`,
    `ms, logarithmic, less is better: what one caller waits, collections included; median of ${run.plan.rounds} processes${
      others.length > 0 ? `\n${OTHERS}: ${others.join(', ')}` : ''
    }`,
  )
  return svg(
    {
      title: { ...title, subtextStyle: { color: QUIET, lineHeight: 16 } },
      grid: { left: LABELS_WIDTH + 20, right: 80, top: 100, bottom: 48 },
      xAxis: {
        type: 'log',
        name: 'ms',
        nameLocation: 'middle',
        nameGap: 26,
        min: least,
        axisLabel: { color: TEXT.color, formatter: (value) => value.toLocaleString('en-US') },
      },
      yAxis: {
        type: 'category',
        data: labels,
        inverse: true,
        axisTick: { show: false },
        axisLabel: {
          interval: 0,
          align: 'left',
          margin: LABELS_WIDTH,
          rich: {
            operation: { color: TEXT.color, fontSize: 13, fontWeight: 'bold' },
            ours: { color: COLOURS[OURS], fontWeight: 'bold', padding: [0, 0, 0, 12] },
            lane: { color: TEXT.color, padding: [0, 0, 0, 12] },
          },
        },
      },
      series: {
        type: 'scatter',
        data,
        // The bands behind this package's lanes.
        markLine: {
          z: 1,
          symbol: 'none',
          label: { show: false },
          lineStyle: { type: 'solid', width: LANE_HEIGHT - 2, color: '#fff4e6' },
          data: labels.flatMap((label, y) => (label.startsWith('{ours|') ? { yAxis: y } : [])),
        },
      },
    },
    148 + labels.length * LANE_HEIGHT,
  )
}

/** Draws the longest calls at the largest size; returns the names of the files. */
export const writePausesPlot = (folder, run) =>
  writePictures(folder, { 'longest-calls': longestCalls(run) })

/** Draws what the run has the figures for; returns the names of the files. */
export const writePlots = (folder, run) =>
  writePictures(folder, {
    operations: operations(run),
    bulk: bulk(run),
    'growth-built': growth(run, 'built'),
    'growth-same': growth(run, 'same'),
    memory: memoryPlot(run),
    pauses: pausesPlot(run),
  })
