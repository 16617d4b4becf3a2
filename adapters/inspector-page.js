// What the page of the inspector does, in the browser.
// What must not live here: a way for keys and values to become anything but text.
'use strict'

const $ = (id) => document.getElementById(id)
const facts = JSON.parse($('facts').textContent)
// The page may have been opened without the slash at its end, or with several.
const base = location.pathname.replace(/\/*$/, '/')
const SECONDS = 60
const PAGE = 100

const number = (value) => Math.round(value).toLocaleString('en')
const rate = (value) => (value < 10 ? value.toFixed(1) : number(value))
const percent = (part) => `${(part * 100).toFixed(1)} %`

function bytes(value) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let unit = 0
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024
  return `${value.toFixed(unit === 0 || value >= 100 ? 0 : 1)} ${units[unit]}`
}

function duration(milliseconds) {
  if (milliseconds === null) return 'no end'
  const steps = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1000, 's'],
  ]
  const i = steps.findIndex(([size]) => milliseconds >= size)
  if (i === -1) return `${Math.round(milliseconds)} ms`
  const [size, unit] = steps[i]
  const whole = `${Math.floor(milliseconds / size)} ${unit}`
  const next = steps[i + 1]
  const rest = next ? Math.floor((milliseconds % size) / next[0]) : 0
  return rest ? `${whole} ${rest} ${next[1]}` : whole
}

function element(name, className, ...children) {
  const made = document.createElement(name)
  if (className) made.className = className
  made.append(...children)
  return made
}

// What cannot be seen, what looks like a blank and is another one, and what would turn other text around, is written out.
const unseen = /(?! )[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu
const unseenInLines = /(?![ \n])[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu

function write(target, text, most = Infinity, hidden = unseen) {
  target.replaceChildren()
  target.classList.add('text')
  const shown = text.slice(0, most)
  let from = 0
  for (const { 0: character, index } of shown.matchAll(hidden)) {
    const code = `\\u{${character.codePointAt(0).toString(16)}}`
    target.append(shown.slice(from, index), element('span', 'escape', code))
    from = index + character.length
  }
  target.append(shown.slice(from))
  const rest = text.length - shown.length
  if (rest > 0) target.append(element('span', 'escape', ` … and ${number(rest)} more`))
  if (text === '') target.append(element('span', 'escape', '(empty)'))
  return target
}

class Chart {
  #values = []
  #line = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  #svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  #figure = element('span', 'figure')
  #top

  constructor(className, title, top) {
    this.#top = top
    this.#svg.setAttribute('viewBox', `0 0 ${SECONDS - 1} 20`)
    this.#svg.setAttribute('preserveAspectRatio', 'none')
    this.#svg.setAttribute('role', 'img')
    this.#svg.append(this.#line)
    this.title = title
    const head = element('div', 'row', element('h3', '', title), this.#figure)
    this.element = element('div', className, head, this.#svg)
  }

  add(value, text) {
    this.#values.push(value)
    if (this.#values.length > SECONDS) this.#values.shift()
    const top = this.#top ?? Math.max(1, ...this.#values)
    const first = SECONDS - this.#values.length
    let path = ''
    let pen = 'M'
    for (const [i, each] of this.#values.entries()) {
      if (each === null) {
        pen = 'M'
        continue
      }
      path += `${pen}${first + i} ${19 - (each / top) * 18}`
      pen = 'L'
    }
    this.#line.setAttribute('d', path)
    this.#figure.textContent = text
    this.#svg.setAttribute('aria-label', `${this.title}: ${text}, over the last minute`)
  }
}

function level(title) {
  const figure = element('span', 'figure')
  const fill = element('div')
  const bar = element('div', 'bar', fill)
  const whole = element('div', '', element('div', 'row', element('h3', '', title), figure), bar)
  return {
    element: whole,
    set(value, limit, format) {
      figure.textContent = limit ? `${format(value)} of ${format(limit)}` : format(value)
      bar.style.visibility = limit ? 'visible' : 'hidden'
      if (limit) fill.style.width = `${Math.min(100, (value / limit) * 100)}%`
    },
  }
}

const NAMES = [...facts.lifetimes.map((most) => duration(most)), 'more', 'no end']

class Histogram {
  #bars = NAMES.map(() => element('div'))
  #note = element('span', 'muted')
  #list = element('ul', 'histogram')

  constructor() {
    this.#list.ariaLabel = 'Entries by the time that they have left'
    this.#list.append(
      ...NAMES.map((name, i) =>
        element('li', '', element('div', 'column', this.#bars[i]), element('small', '', name)),
      ),
    )
    const head = element('div', 'row', element('h3', '', 'Time left, up to'), this.#note)
    this.element = element('div', '', head, this.#list)
  }

  set(lifetimes, entries) {
    const { counts, seen, whole, failed } = lifetimes ?? {}
    this.#list.hidden = !counts
    if (!counts) {
      this.#note.textContent = failed
        ? 'a value could not be decoded'
        : 'values are too large to look at many'
      return
    }
    const most = Math.max(1, ...counts)
    for (const [i, count] of counts.entries()) {
      this.#bars[i].style.height = `${(count / most) * 100}%`
      const part = `${NAMES[i]}: ${percent(count / Math.max(1, seen))}`
      this.#bars[i].parentElement.title = part
      this.#list.children[i].ariaLabel = part
    }
    const all = whole ? '' : ` of ${number(entries)} so far`
    this.#note.textContent = `${number(seen)}${all || ' entries'}`
  }
}

class Card {
  #before
  #ratio = element('p', 'figure large hits')
  #reads = element('p', 'muted')
  #entries = level('Entries')
  #weight = level('Weight')
  #memory = level('Memory')
  #hits = new Chart('hits', 'Hits now', 1)
  #evictions = new Chart('evictions', 'Evicted / s')
  #expirations = new Chart('expirations', 'Expired / s')
  #histogram = new Histogram()
  #closed = element('p', 'muted', 'This cache is closed.')
  #figures

  constructor({ name, kind }) {
    const head = element(
      'div',
      'head',
      write(element('h2'), name, 200),
      element('span', 'muted', kind),
    )
    const browse = element('button', '', 'Find entries')
    browse.type = 'button'
    browse.addEventListener('click', () => {
      $('cache').selectedIndex = names.indexOf(name)
      $('pattern').focus()
      void start()
    })
    const buttons = element('div', 'row', browse)
    if (facts.allowChanges) {
      const clear = element('button', 'danger', 'Clear …')
      clear.type = 'button'
      clear.addEventListener('click', () => void clearCache(name))
      buttons.append(clear)
    }
    const ratio = element('div', '', element('h3', '', 'Hit ratio'), this.#ratio, this.#reads)
    const rates = element('div', 'pair', this.#evictions.element, this.#expirations.element)
    const first = element('div', 'pair', ratio, this.#hits.element)
    const levels = [this.#entries, this.#weight, this.#memory].map((each) => each.element)
    this.#figures = [first, ...levels, rates, this.#histogram.element, buttons]
    this.element = element('article', 'card', head, this.#closed, ...this.#figures)
  }

  show(now, time) {
    this.#closed.hidden = now.open
    for (const figure of this.#figures) figure.hidden = !now.open
    if (!now.open) return
    const reads = now.hits + now.misses
    this.#ratio.textContent = reads ? percent(now.hits / reads) : '–'
    this.#reads.textContent = `of ${number(reads)} reads`
    this.#entries.set(now.entries, now.maxSize, number)
    this.#weight.element.hidden = !now.maxWeight
    this.#weight.set(now.weight, now.maxWeight, number)
    this.#memory.set(now.bytes, now.maxBytes, bytes)
    this.#histogram.set(now.lifetimes, now.entries)
    const before = this.#before
    this.#before = { ...now, time }
    const seconds = before ? (time - before.time) / 1000 : 0
    if (seconds <= 0) return
    // A counter that is lower than before was reset.
    const since = (name) => (now[name] < before[name] ? now[name] : now[name] - before[name])
    const hits = since('hits')
    const read = hits + since('misses')
    this.#hits.add(read ? hits / read : null, read ? percent(hits / read) : 'no reads')
    for (const [chart, name] of [
      [this.#evictions, 'evictions'],
      [this.#expirations, 'expirations'],
    ]) {
      const value = since(name) / seconds
      chart.add(value, rate(value))
    }
  }
}

const cards = []
const names = []

function show({ time, caches }) {
  for (const [i, cache] of caches.entries()) {
    if (!cards[i]) {
      cards[i] = new Card(cache)
      names[i] = cache.name
      $('cards').append(cards[i].element)
      $('cache').append(write(element('option'), cache.name, 100))
    }
    cards[i].show(cache, time)
  }
}

let source

function tell(text, on) {
  $('live').textContent = text
  $('live').classList.toggle('on', on)
}

function connect() {
  source?.close()
  source = undefined
  if (document.hidden) return
  const opened = new EventSource(`${base}events`)
  source = opened
  opened.addEventListener('message', ({ data }) => {
    if ($('live').textContent !== 'Live') tell('Live', true)
    show(JSON.parse(data))
  })
  opened.addEventListener('error', () => {
    tell('Not connected, trying again …', false)
    // After an answer that is no stream the browser gives up.
    if (opened.readyState !== EventSource.CLOSED) return
    setTimeout(() => source === opened && connect(), 5000)
  })
}
document.addEventListener('visibilitychange', connect)

async function ask(path, body) {
  const headers = { 'content-type': 'application/json', 'x-inspector-token': facts.token }
  const options = { method: 'POST', headers, body: JSON.stringify(body) }
  const response = await fetch(base + path, options)
  const answer = await response.json().catch(() => ({}))
  if (!response.ok) throw new Error(answer.error ?? `The server answers ${response.status}.`)
  return answer
}

let search

async function start() {
  search = { cache: names[$('cache').selectedIndex], cursor: undefined, looked: 0, found: 0 }
  if (search.cache === undefined) return
  search.pattern = $('pattern').value
  $('keys').replaceChildren()
  $('entry').replaceChildren()
  document.querySelector('.results').hidden = false
  await proceed(search)
}

/** Until a page of keys is there, or all entries were looked at, or another search has begun. */
async function proceed(running) {
  const goal = running.found + PAGE
  $('more').hidden = true
  try {
    do {
      const { cache, pattern, cursor } = running
      const answer = await ask('search', {
        cache,
        pattern,
        cursor,
        most: goal - running.found,
      })
      if (search !== running) return
      running.cursor = answer.cursor
      running.looked += answer.looked
      running.found += answer.keys.length
      $('keys').append(...answer.keys.map((key) => keyItem(cache, key)))
      const state = answer.cursor ? (running.found < goal ? ' so far …' : '') : ', that is all'
      $('found').textContent =
        `${number(running.found)} found in ${number(running.looked)} entries${state}`
    } while (running.cursor && running.found < goal)
    $('more').hidden = !running.cursor
  } catch (error) {
    if (search === running) $('found').textContent = error.message
  }
}

function keyItem(cache, key) {
  const button = write(element('button'), key, 300)
  button.type = 'button'
  button.addEventListener('click', () => {
    document.querySelector('#keys [aria-current]')?.removeAttribute('aria-current')
    button.setAttribute('aria-current', 'true')
    void showEntry(cache, key, button)
  })
  return element('li', '', button)
}

const date = (time) => (time === null ? '–' : new Date(time).toLocaleString())

let shownEntry

async function showEntry(cache, key, button) {
  const asked = (shownEntry = {})
  const parts = [element('h3', '', 'Entry'), write(element('div', 'key'), key, 2000)]
  try {
    const entry = await ask('entry', { cache, key })
    if (shownEntry !== asked) return
    const rows = {
      'Time left': entry.stale ? 'expired, kept as stale' : duration(entry.remainingTtl),
      Lifetime: duration(entry.ttl),
      Since: date(entry.start),
      Until: date(entry.expiresAt),
      Weight: number(entry.weight),
      Key: `${number(key.length)} characters`,
    }
    const list = element('dl')
    for (const [name, value] of Object.entries(rows)) {
      list.append(element('dt', '', name), element('dd', '', value))
    }
    if (entry.tags.length > 0) {
      const tags = entry.tags.map((tag) => element('div', '', write(element('span'), tag, 200)))
      list.append(element('dt', '', 'Tags'), element('dd', '', ...tags))
    }
    parts.push(list)
    if ('value' in entry) {
      const value = write(element('pre'), entry.value, Infinity, unseenInLines)
      value.tabIndex = 0
      parts.push(element('h3', '', 'Value'), value)
    }
    if (facts.allowChanges) {
      const remove = element('button', 'danger', 'Delete …')
      remove.type = 'button'
      remove.addEventListener('click', () => void deleteEntry(cache, key, button))
      parts.push(remove)
    }
  } catch (error) {
    if (shownEntry !== asked) return
    parts.push(element('p', 'muted', error.message))
  }
  $('entry').replaceChildren(...parts)
}

const quoted = (text) => write(element('strong'), text, 100)

// Of the question that is asked now: the first answer counts.
let answer = () => {}

function confirmed(...question) {
  $('question').replaceChildren(...question)
  $('dialog').showModal()
  return new Promise((resolve) => (answer = resolve))
}

for (const [id, value] of [
  ['yes', true],
  ['no', false],
]) {
  $(id).addEventListener('click', () => {
    answer(value)
    $('dialog').close()
  })
}
$('dialog').addEventListener('close', () => answer(false))

async function change(path, body, message) {
  try {
    await ask(path, body)
    $('found').textContent = message
    return true
  } catch (error) {
    $('found').textContent = error.message
    return false
  }
}

async function deleteEntry(cache, key, button) {
  if (!(await confirmed('Delete ', quoted(key), ' from ', quoted(cache), '?'))) return
  if (!(await change('delete', { cache, key }, 'The entry is deleted.'))) return
  button.parentElement.remove()
  $('entry').replaceChildren()
}

async function clearCache(cache) {
  if (!(await confirmed('Remove all entries of ', quoted(cache), '?'))) return
  if (!(await change('clear', { cache }, 'The cache is empty.'))) return
  if (search?.cache !== cache) return
  search = undefined
  document.querySelector('.results').hidden = true
}

$('search').addEventListener('submit', (event) => {
  event.preventDefault()
  void start()
})
$('more').addEventListener('click', () => void proceed(search))
connect()
