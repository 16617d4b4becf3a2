// The documentation site as it is published: built anew, served below a path of its own, opened in headless Chromium.
// Lives here: what must hold for each of its pages. Whether programs and tables in them are right belongs in __test__/docs/.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { extname, join } from 'node:path'
import { after, describe, test } from 'node:test'
import { root } from '../../scripts/run.mjs'
import { launchChromium } from '../browser/chromium.mjs'
import { freshEnvironment, succeed } from '../consumers/process.mjs'

// The pages of a project are below its name, and their sources somewhere else.
const BASE = '/native-memory-cache/'
const REPOSITORY = 'https://example.org/native-memory-cache'
const WIDTHS = [1400, 390]
const TABS = 3

const site = join(root, 'target', 'site')
await succeed(process.execPath, [join(root, 'scripts', 'docs.mjs')], {
  cwd: root,
  env: { ...freshEnvironment(), DOCS_BASE: BASE, DOCS_REPOSITORY: REPOSITORY },
})

const pages = readdirSync(site, { recursive: true })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.html') && path !== '404.html')
  .toSorted()
const html = new Map(pages.map((path) => [path, readFileSync(join(site, path), 'utf8')]))

const TYPES = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

const fileOf = (path) => (path === '' || path.endsWith('/') ? `${path}index.html` : path)

const server = createServer(({ url }, response) => {
  const { pathname } = new URL(url, 'http://localhost')
  const file = join(site, fileOf(decodeURI(pathname.slice(BASE.length))))
  if (!pathname.startsWith(BASE) || !existsSync(file)) return response.writeHead(404).end()
  response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream')
  if (pathname.includes('/assets/')) response.setHeader('cache-control', 'max-age=3600, immutable')
  return response.end(readFileSync(file))
}).listen(0, '127.0.0.1')
await once(server, 'listening')
const origin = `http://127.0.0.1:${server.address().port}`

const browser = await launchChromium()
// The tabs have what they load in common.
const context = await browser.newContext()
after(async () => {
  await browser.close()
  server.close()
})

/** What goes wrong on the pages that are opened in this tab. */
async function openTab() {
  const tab = await context.newPage()
  // Otherwise each page loads what its links lead to.
  await tab.addInitScript(() =>
    Object.defineProperty(navigator, 'connection', { value: { saveData: true } }),
  )
  const problems = []
  tab.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text())
  })
  tab.on('pageerror', (error) => problems.push(error.message))
  tab.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`)
  })
  return { tab, problems }
}

// Vue marks the element in which it runs.
const mounted = () => '__vue_app__' in document.querySelector('#app')

/** The elements that make the page wider than the window. */
const tooWide = () => {
  const { clientWidth, scrollWidth } = document.documentElement
  if (scrollWidth <= clientWidth) return []
  return [...document.querySelectorAll('.VPContent *')]
    .filter((element) => element.getBoundingClientRect().right > clientWidth + 1)
    .slice(0, 3)
    .map((element) => element.outerHTML.slice(0, 120))
    .concat(`${scrollWidth} > ${clientWidth}`)
}

describe('each page opens without an error and fits the window', { concurrency: TABS }, () => {
  const tabs = []
  for (const path of pages) {
    test(path, async () => {
      const { tab, problems } = tabs.pop() ?? (await openTab())
      await tab.setViewportSize({ width: WIDTHS[0], height: 900 })
      await tab.goto(`${origin}${BASE}${path}`, { waitUntil: 'load' })
      await tab.waitForFunction(mounted)
      for (const width of WIDTHS) {
        await tab.setViewportSize({ width, height: 900 })
        assert.deepEqual(await tab.evaluate(tooWide), [], `at a width of ${width}`)
      }
      assert.deepEqual(problems, [])
      tabs.push({ tab, problems })
    })
  }
})

const idsOf = (text) => new Set([...text.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id))
const ids = new Map([...html].map(([path, text]) => [path, idsOf(text)]))

const entities = { '&amp;': '&', '&quot;': '"', '&lt;': '<', '&gt;': '>' }
const linksOf = (text) =>
  [...text.matchAll(/<a\s[^>]*?href="([^"]*)"/g)].map(([, href]) =>
    href.replaceAll(/&(?:amp|quot|lt|gt);/g, (entity) => entities[entity]),
  )

test('each link leads to a page that there is, and each anchor to a place on it', () => {
  const broken = []
  let checked = 0
  for (const [path, text] of html) {
    for (const href of linksOf(text)) {
      const { origin: target, pathname, hash } = new URL(href, `${origin}${BASE}${path}`)
      if (target !== origin) continue
      checked++
      const file = fileOf(decodeURI(pathname.slice(BASE.length)))
      const known = pathname.startsWith(BASE) && existsSync(join(site, file))
      const place = decodeURIComponent(hash.slice(1))
      if (!known || (place && ids.has(file) && !ids.get(file).has(place))) {
        broken.push(`${path}: ${href}`)
      }
    }
  }
  assert.ok(checked > pages.length)
  assert.deepEqual(broken, [])
})

test('each page is linked by another one', () => {
  const linked = new Set()
  for (const [path, text] of html) {
    for (const href of linksOf(text)) {
      const { pathname } = new URL(href, `${origin}${BASE}${path}`)
      const file = fileOf(pathname.slice(BASE.length))
      if (file !== path) linked.add(file)
    }
  }
  const alone = pages.filter((path) => !linked.has(path))
  assert.deepEqual(alone, [])
})

test('each link to the sources names a file that there is', () => {
  const prefix = `${REPOSITORY}/blob/HEAD/`
  const sources = new Set(
    [...html.values()].flatMap(linksOf).filter((href) => href.startsWith(prefix)),
  )
  assert.ok(sources.size > 0)
  const missing = [...sources].filter(
    (href) =>
      !existsSync(join(root, new URL(href).pathname.slice(new URL(prefix).pathname.length))),
  )
  assert.deepEqual(missing, [])
})

for (const width of WIDTHS) {
  test(`the search finds getOrSet at a width of ${width}`, async () => {
    const { tab, problems } = await openTab()
    await tab.setViewportSize({ width, height: 900 })
    await tab.goto(`${origin}${BASE}`)
    await tab.locator('.VPNavBarSearch button').click()
    await tab.locator('#localsearch-input').fill('getOrSet')
    const first = tab.locator('#localsearch-list a').first()
    await first.waitFor()
    assert.match(await first.innerText(), /getOrSet/i)
    await first.click()
    await tab.waitForURL((url) => url.pathname !== BASE)
    assert.match(await tab.locator('main').innerText(), /getOrSet/)
    assert.deepEqual(problems, [])
    await tab.close()
  })
}

test('the switch makes the site dark, and the next page stays so', async () => {
  const { tab, problems } = await openTab()
  await tab.setViewportSize({ width: 1400, height: 900 })
  const background = () => tab.evaluate(() => getComputedStyle(document.body).backgroundColor)
  await tab.goto(`${origin}${BASE}guide/getting-started.html`)
  const light = await background()
  await tab.locator('.VPNavBarAppearance button').click()
  await tab.waitForFunction(
    (before) => getComputedStyle(document.body).backgroundColor !== before,
    light,
  )
  await tab.goto(`${origin}${BASE}guide/sessions.html`)
  assert.notEqual(await background(), light)
  assert.deepEqual(problems, [])
  await tab.close()
})

test('the home page has the name, a figure of each kind and the way to install', async () => {
  const { tab } = await openTab()
  await tab.goto(`${origin}${BASE}`)
  const text = await tab.locator('main, .VPHome').first().innerText()
  for (const expected of ['native-memory-cache', 'npm install native-memory-cache', 'getOrSet']) {
    assert.ok(text.includes(expected), expected)
  }
  assert.equal(await tab.locator('.figures li strong').count(), 3)
  await tab.close()
})
