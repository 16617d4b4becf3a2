// Panels of horizontal bars on a linear scale, as SVG.
// Lives here: how every picture of bars looks. Which there are and what they show belongs in plots.mjs.
//
// A panel is { title, unit, rows, limit? }, a row { label, name, value, low?, high?, text?, lacks? }: `name` decides on the colour,
// `lacks` says in words why there is no value, `limit` is { value, label }, a dashed line. Units of up to three letters
// stand behind each value, others beside the title.
import { OURS, PUBLISHED, S3_FIFO, SHARED } from './peers/index.mjs'

export const NEUTRAL = 'neutral'

/** Ours always one, each rival its own; no two look alike to the colour-blind where labels would not tell. */
const COLOURS = {
  [OURS]: '#d55e00',
  [SHARED]: '#d55e00',
  [S3_FIFO]: '#d55e00',
  [PUBLISHED]: '#0072b2',
  'lru-cache': '#009e73',
  'lru-cache-exact': '#5fc9a8',
  'tiny-lru': '#cc79a7',
  mnemonist: '#8a6d3b',
  'quick-lru': '#56b4e9',
  'node-cache': '#8d99a6',
  ttlcache: '#b5a800',
  'lru.min': '#8058c9',
  cacheable: '#8f2d56',
  [NEUTRAL]: '#8d99a6',
}

export const colourOf = (name) => COLOURS[name]

export const WIDTH = 830
const MARGIN = 16
const GAP = 28
const ROW = 21
const BAR = 13
const PANEL_TITLE = 26
const PANEL_END = 18
/** Room for the value to the right of the longest bar. */
const VALUE = 78
/** Of 13 pixels, in a wide sans-serif. */
const LETTER = 8.2
const BOLD_LETTER = 9

// Its own ground, light or dark: a page may be the other way round than what the reader's system prefers.
const STYLE = `
  .ground { fill: #ffffff }
  text { font: 13px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328; stroke: #ffffff; stroke-width: 3px; paint-order: stroke }
  .title { font-size: 17px; font-weight: 600 }
  .panel { font-weight: 600 }
  .ours { font-weight: 700 }
  .quiet { fill: #59636e; font-size: 12px }
  .line { stroke: #59636e; fill: none }
  .axis { stroke: #d1d9e0; fill: none }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 }
    text { fill: #f0f6fc; stroke: #0d1117 }
    .quiet { fill: #9198a1 }
    .line { stroke: #9198a1 }
    .axis { stroke: #3d444d }
  }`

const escaped = (words) => words.replace(/[&<>]/g, (sign) => `&#${sign.codePointAt(0)};`)
const at = (value) => Number(value.toFixed(1))

const tag = (name, content, style) =>
  `<${name}${style && ` class="${style}"`}>${escaped(content)}</${name}>`

export const words = (x, y, content, { style = '', anchor = 'start' } = {}) =>
  `<text x="${at(x)}" y="${at(y)}" text-anchor="${anchor}"${style && ` class="${style}"`}>${escaped(content)}</text>`

export const path = (points, attributes) =>
  `<path d="M${points.map(([x, y]) => `${at(x)} ${at(y)}`).join('L')}" ${attributes}/>`

/** Three digits, two of what is less than one. */
const short = (value) =>
  value >= 1000
    ? Math.round(value).toLocaleString('en-US')
    : String(Number(value.toPrecision(value >= 1 ? 3 : 2)))

const isOurs = (name) => [OURS, SHARED, S3_FIFO].includes(name)

/** The whole picture: title, explanation, what `draw(top)` returns as { shapes, bottom }, and the circumstances. */
export function picture({ title, explained, circumstances }, draw) {
  const { shapes, bottom } = draw(62)
  const height = Math.ceil(bottom + 22)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title><style>${STYLE}\n</style>`,
    `<rect class="ground" width="${WIDTH}" height="${height}" rx="6"/>`,
    words(MARGIN, 28, title, { style: 'title' }),
    words(MARGIN, 48, explained, { style: 'quiet' }),
    ...shapes,
    words(WIDTH - MARGIN, bottom + 10, circumstances, { style: 'quiet', anchor: 'end' }),
    '</svg>\n',
  ].join('\n')
}

function bar(row, y, x, scale, unit) {
  const { value, name, low = value, high = value, text } = row
  const middle = y + ROW / 2
  const end = x + scale(value)
  const whisker =
    high > low
      ? [
          path(
            [
              [x + scale(low), middle],
              [x + scale(high), middle],
            ],
            'class="line"',
          ),
        ]
      : []
  return [
    `<rect x="${x}" y="${at(middle - BAR / 2)}" width="${at(Math.max(end - x, 1.5))}" height="${BAR}" fill="${colourOf(name)}"/>`,
    ...whisker,
    words(
      Math.max(end, x + scale(high)) + 6,
      middle + 4.5,
      text ?? `${short(value)}${unit.length > 3 ? '' : ` ${unit}`}`,
      {
        style: isOurs(name) ? 'ours' : '',
      },
    ),
  ]
}

function panelShapes({ title, unit, rows, limit }, left, top, width, labels) {
  const x = left + labels + 8
  const most = Math.max(
    ...rows.map(({ value = 0, high = value }) => Math.max(value, high)),
    limit?.value ?? 0,
  )
  const scale = (value) => (value / most) * (width - labels - 8 - VALUE)
  const first = top + PANEL_TITLE
  const last = first + rows.length * ROW
  const shapes = [
    `<text x="${at(left)}" y="${at(top + 14)}">${tag('tspan', title, 'panel')} ${tag('tspan', unit.length > 3 ? ` ${unit}` : '', 'quiet')}</text>`,
    path(
      [
        [x, first - 1],
        [x, last + 1],
      ],
      'class="axis"',
    ),
  ]
  for (const [i, row] of rows.entries()) {
    const y = first + i * ROW
    const style = isOurs(row.name) ? 'ours' : ''
    shapes.push(words(x - 8, y + ROW / 2 + 4.5, row.label, { style, anchor: 'end' }))
    if (row.value === undefined)
      shapes.push(words(x + 6, y + ROW / 2 + 4.5, row.lacks, { style: 'quiet' }))
    else shapes.push(...bar(row, y, x, scale, unit))
  }
  if (limit) {
    const end = x + scale(limit.value)
    const known = rows.filter(({ value }) => value !== undefined).length
    const line = [
      [end, first - 3],
      [end, first + known * ROW + 2],
    ]
    shapes.unshift(path(line, 'class="line" stroke-dasharray="4 3"'))
    shapes.push(words(left + width, top + 14, limit.label, { style: 'quiet', anchor: 'end' }))
  }
  return shapes
}

/** Panels in rows of `columns`; all labels of a picture have the same room. */
export function panelsPicture(heading, panels, { columns = 1 } = {}) {
  const width = (WIDTH - 2 * MARGIN - (columns - 1) * GAP) / columns
  const labels = Math.max(
    ...panels.flatMap(({ rows }) =>
      rows.map(({ label, name }) => label.length * (isOurs(name) ? BOLD_LETTER : LETTER)),
    ),
  )
  return picture(heading, (begin) => {
    const shapes = []
    let top = begin
    for (let i = 0; i < panels.length; i += columns) {
      const line = panels.slice(i, i + columns)
      for (const [column, panel] of line.entries())
        shapes.push(...panelShapes(panel, MARGIN + column * (width + GAP), top, width, labels))
      const rows = Math.max(...line.map((panel) => panel.rows.length))
      top += PANEL_TITLE + rows * ROW + PANEL_END
    }
    return { shapes, bottom: top }
  })
}
