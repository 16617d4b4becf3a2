// The page of the inspector in a browser: that it shows what is there, harms nobody and can be used by everybody.
// What must not live here: how the handler answers other clients, which the tests of the adapters try.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { after, describe, test } from 'node:test'
import { MemoryCache, SharedMemoryCache } from '../../index.mjs'
import { createInspector } from '../../adapters/inspector.mjs'
import { launchChromium } from './chromium.mjs'

const browser = await launchChromium()
after(() => browser.close())

/** The page about these caches, and whatever goes wrong on it. */
async function open(t, options, view = {}) {
  const inspector = createInspector(options)
  const server = createServer(inspector).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${server.address().port}`
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, ...view })
  page.setDefaultTimeout(10_000)
  const problems = []
  page.on('console', (message) => problems.push(message.text()))
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('dialog', (dialog) => problems.push(`a dialog: ${dialog.message()}`))
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(`${origin}/`) && url !== 'data:,') problems.push(`a request of ${url}`)
  })
  t.after(async () => {
    await page.close()
    inspector.close()
    server.close()
    server.closeAllConnections()
  })
  await page.goto(origin)
  await page.locator('.live.on').waitFor()
  return { page, problems, inspector }
}

const users = () => {
  const cache = new MemoryCache({ maxSize: 1000, ttl: 60_000 })
  for (let i = 0; i < 250; i++) cache.set(`user:${i}`, { name: `User ${i}` })
  return cache
}

const tooWide = () => document.documentElement.scrollWidth - document.documentElement.clientWidth

async function find(page, pattern) {
  await page.getByLabel('Key, where *').fill(pattern)
  await page.getByRole('button', { name: 'Search' }).click()
}

describe('the page', () => {
  test('shows figures that move', async (t) => {
    const cache = users()
    const { page, problems } = await open(t, { caches: { users: cache } })
    cache.get('user:1')
    cache.get('nobody')
    const card = page.locator('article')
    await card.getByText('of 2 reads').waitFor()
    await card.getByText('250 of 1,000').waitFor()
    assert.equal(await card.locator('.large').textContent(), '50.0 %')
    await card.getByRole('img', { name: 'Hits now: no reads, over the last minute' }).waitFor()
    await page.waitForFunction(() =>
      document.querySelector('.evictions path').getAttribute('d')?.includes('L'),
    )
    assert.deepEqual(problems, [])
  })

  test('fits windows of 380 and 1,400 pixels, in light and in dark', async (t) => {
    const shared = new SharedMemoryCache({ name: 'pages', maxSize: 0, maxBytes: 1 << 20 })
    const options = { caches: { users: users(), ['a'.repeat(300)]: shared }, showValues: true }
    const { page, problems } = await open(t, options)
    await find(page, 'user:1')
    await page.getByRole('button', { name: 'user:1', exact: true }).click()
    await page.getByText("{ name: 'User 1' }").waitFor()
    const grounds = new Set()
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme })
      grounds.add(await page.evaluate(() => getComputedStyle(document.body).backgroundColor))
      for (const width of [380, 1400]) {
        await page.setViewportSize({ width, height: 800 })
        assert.equal(await page.evaluate(tooWide), 0, `${width}`)
      }
    }
    assert.equal(grounds.size, 2)
    assert.deepEqual(problems, [])
    shared.close()
  })

  test('can be used by keyboard alone', async (t) => {
    const cache = users()
    const { page, problems } = await open(t, { caches: { users: cache }, allowChanges: true })
    const focused = () => page.evaluate(() => document.activeElement.textContent)
    await page.keyboard.press('Tab')
    assert.equal(await focused(), 'Find entries')
    await page.keyboard.press('Enter')
    await page.getByText('100 found in').waitFor()
    // In the field for the pattern now.
    await page.keyboard.press('Control+A')
    await page.keyboard.type('user:7')
    await page.keyboard.press('Enter')
    await page.getByText('1 found in').waitFor()
    for (const expected of ['Search', 'user:7']) {
      await page.keyboard.press('Tab')
      assert.equal(await focused(), expected)
    }
    await page.keyboard.press('Enter')
    await page.getByText('6 characters').waitFor()
    await page.keyboard.press('Tab')
    assert.equal(await focused(), 'Delete …')
    await page.keyboard.press('Enter')
    await page.getByText('Delete user:7 from users?').waitFor()
    assert.equal(await focused(), 'Cancel')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByText('The entry is deleted.').waitFor()
    assert.equal(cache.has('user:7'), false)
    assert.deepEqual(problems, [])
  })

  test('names what can be used and what is drawn', async (t) => {
    const { page } = await open(t, { caches: { users: users() }, allowChanges: true })
    await page.getByLabel('Cache', { exact: true }).waitFor()
    await page.getByRole('heading', { name: 'users' }).waitFor()
    // The second message brings the charts their first point.
    await page.getByRole('img', { name: /^Evicted/ }).waitFor()
    for (const role of ['button', 'textbox', 'combobox', 'img', 'list']) {
      const all = page.getByRole(role)
      assert.ok((await all.count()) > 0, role)
      assert.equal(await all.count(), await page.getByRole(role, { name: /./ }).count(), role)
    }
  })
})

describe('hostile keys, values and names', () => {
  const HOSTILE = [
    '',
    '__proto__',
    '<img src=x onerror=alert(1)>',
    '</script><script>alert(2)</script>',
    '{{facts}}$&',
    '\uD800 lone',
    '\u202Egnp.exe',
    'line\r\nbreak\0',
    '\u05E9\u05DC\u05D5\u05DD',
    'x'.repeat(1 << 20),
  ]

  test('are text, unseen characters are written out, and each can be deleted', async (t) => {
    const cache = new MemoryCache({ maxSize: 0 })
    for (const key of HOSTILE) cache.set(key, key, { tags: [key] })
    const caches = Object.fromEntries(HOSTILE.slice(0, 8).map((name) => [name, new MemoryCache()]))
    caches['<b>all</b>'] = cache
    const options = { caches, showValues: true, allowChanges: true }
    const { page, problems } = await open(t, options, { viewport: { width: 380, height: 800 } })
    await page.locator('article', { hasText: '<b>all</b>' }).waitFor()
    await page.getByLabel('Cache', { exact: true }).selectOption({ label: '<b>all</b>' })
    await find(page, '*')
    await page.getByText('10 found in 10 entries, that is all').waitFor()
    const shown = await page.locator('#keys button').allTextContents()
    assert.deepEqual(shown.slice(0, 9), [
      '(empty)',
      '__proto__',
      '<img src=x onerror=alert(1)>',
      '</script><script>alert(2)</script>',
      '{{facts}}$&',
      String.raw`\u{d800} lone`,
      String.raw`\u{202e}gnp.exe`,
      String.raw`line\u{d}\u{a}break\u{0}`,
      '\u05E9\u05DC\u05D5\u05DD',
    ])
    assert.equal(shown[9], `${'x'.repeat(300)} … and 1,048,276 more`)
    for (const { length } of HOSTILE) {
      const first = page.locator('#keys button').first()
      await first.click()
      await page.getByText(`${length.toLocaleString('en')} characters`).waitFor()
      assert.equal(await page.evaluate(tooWide), 0)
      await page.getByRole('button', { name: 'Delete …' }).click()
      await page.getByRole('button', { name: 'Yes' }).click()
      await page.getByText('The entry is deleted.').waitFor()
    }
    assert.equal(cache.size(), 0)
    assert.equal(await page.locator('img, b').count(), 0)
    assert.deepEqual(problems, [])
  })

  test('characters that look like none, or like a blank, are written out', async (t) => {
    const UNSEEN = [
      0xa0, 0xad, 0x34f, 0x115f, 0x1160, 0x1680, 0x17b4, 0x180b, 0x180e, 0x2003, 0x200b, 0x2028,
      0x202f, 0x2060, 0x2800, 0x3000, 0x3164, 0xfe0f, 0xfeff, 0xffa0, 0xe0020, 0xe0100,
    ]
    const cache = new MemoryCache({ maxSize: 0 })
    for (const code of UNSEEN) cache.set(`a ${String.fromCodePoint(code)}b`, code)
    cache.set('a b', 'seen')
    const { page, problems } = await open(t, { caches: { cache } })
    await find(page, '*')
    await page.getByText(`${UNSEEN.length + 1} found in`).waitFor()
    const shown = await page.locator('#keys button').allTextContents()
    const expected = UNSEEN.map((code) => `a \\u{${code.toString(16)}}b`)
    assert.deepEqual(shown.toSorted(), [...expected, 'a b'].toSorted())
    assert.deepEqual(problems, [])
  })

  test('a cache is cleared only after the question is answered', async (t) => {
    const cache = users()
    const { page, problems } = await open(t, { caches: { users: cache }, allowChanges: true })
    const clear = page.getByRole('button', { name: 'Clear …' })
    await clear.click()
    await page.getByText('Remove all entries of users?').waitFor()
    await page.keyboard.press('Escape')
    await clear.click()
    await page.getByRole('button', { name: 'Cancel' }).click()
    assert.equal(cache.size(), 250)
    await clear.click()
    await page.getByRole('button', { name: 'Yes' }).click()
    await page.getByText('The cache is empty.').waitFor()
    assert.equal(cache.size(), 0)
    assert.deepEqual(problems, [])
  })

  test('nothing can be changed and no value is seen unless that is allowed', async (t) => {
    const { page } = await open(t, { caches: { users: users() } })
    await find(page, 'user:1')
    await page.locator('#keys button').click()
    await page.getByText('6 characters').waitFor()
    assert.equal(await page.locator('.danger:visible, pre').count(), 0)
  })
})

describe('the page and its server', () => {
  test('a page of another origin, also on this machine, can neither read nor change', async (t) => {
    const cache = users()
    const { page: own } = await open(t, { caches: { users: cache }, allowChanges: true })
    const target = new URL(own.url()).origin
    const other = createServer((request, response) => response.end('another site'))
    other.listen(0, '127.0.0.1')
    await once(other, 'listening')
    t.after(() => {
      other.close()
      other.closeAllConnections()
    })
    const page = await browser.newPage()
    t.after(() => page.close())
    await page.goto(`http://localhost:${other.address().port}`)
    const outcomes = await page.evaluate(async (url) => {
      const attempts = [
        fetch(url),
        fetch(`${url}/events`),
        fetch(`${url}/clear`, { method: 'POST', body: '{"cache":"users"}' }),
        fetch(`${url}/clear`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{"cache":"users"}',
        }),
        fetch(`${url}/clear`, { method: 'POST', mode: 'no-cors', body: '{"cache":"users"}' }),
      ]
      return (await Promise.allSettled(attempts)).map(({ status }) => status)
    }, target)
    assert.deepEqual(outcomes, Array(5).fill('rejected'))
    assert.equal(cache.size(), 250)
  })

  test('works however many slashes its address ends with', async (t) => {
    const inspector = createInspector({ caches: { users: users() } })
    const server = createServer((request, response) => {
      // As servers in front of others do.
      request.url = request.url.replaceAll(/\/+/g, '/').replace(/^\/caches(?=\/|$)/, '') || '/'
      return inspector(request, response)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const page = await browser.newPage()
    t.after(async () => {
      await page.close()
      inspector.close()
      server.close()
    })
    for (const path of ['//', '/caches', '/caches/', '/caches//']) {
      await page.goto(`http://127.0.0.1:${server.address().port}${path}`)
      await page.locator('.live.on').waitFor({ timeout: 10_000 })
      await find(page, 'user:1')
      await page.getByText('1 found in').waitFor({ timeout: 10_000 })
    }
  })

  test('a page of keys comes at a time, and the next on demand', async (t) => {
    const { page } = await open(t, { caches: { users: users() } })
    await find(page, 'user:*')
    const more = page.getByRole('button', { name: 'More keys' })
    for (const [count, isLast] of [
      [100, false],
      [200, false],
      [250, true],
    ]) {
      await page.waitForFunction(
        (expected) => document.querySelectorAll('#keys li').length === expected,
        count,
      )
      if (isLast) await more.waitFor({ state: 'hidden' })
      else await more.click()
    }
  })

  test('a cache that is closed is told as such', async (t) => {
    const cache = users()
    const { page, problems } = await open(t, { caches: { users: cache } })
    cache.close()
    await page.getByText('This cache is closed.').waitFor()
    assert.equal(await page.getByText('Hit ratio').isVisible(), false)
    assert.deepEqual(problems, [])
  })

  test('lifetimes that cannot be looked at are told with the reason', async (t) => {
    const codec = {
      encode: (value) => JSON.stringify(value),
      decode() {
        throw new Error('no such version')
      },
    }
    const undecodable = new SharedMemoryCache({ name: 'undecodable', codec })
    undecodable.set('a', 1)
    const large = new SharedMemoryCache({ name: 'large' })
    large.set('a', 'x'.repeat(100_000))
    const { page, problems } = await open(t, { caches: { undecodable, large } })
    const of = (name) => page.locator('article', { hasText: name })
    await of('undecodable').getByText('a value could not be decoded').waitFor()
    await of('large').getByText('values are too large to look at many').waitFor()
    assert.equal(await page.locator('.histogram:visible').count(), 0)
    assert.deepEqual(problems, [])
    undecodable.close()
    large.close()
  })

  const MILLION = 1_000_000

  for (const kind of ['MemoryCache', 'SharedMemoryCache']) {
    test(`a ${kind} of a million entries is looked through while its figures go on`, async (t) => {
      const options = { maxSize: 0, ttl: 3_600_000 }
      const cache =
        kind === 'MemoryCache'
          ? new MemoryCache(options)
          : new SharedMemoryCache({ name: 'a million', ...options })
      t.after(() => cache.close())
      for (let i = 0; i < MILLION; i++) cache.set(`key:${i}`, i)
      const { page, problems } = await open(t, { caches: { cache } })
      await page.getByText('1,000,000', { exact: true }).waitFor()
      await page.getByText(/of 1,000,000 so far/).waitFor()
      await find(page, 'key:*99999')
      await page.getByText('10 found in 1,000,000 entries, that is all').waitFor()
      const keys = await page.locator('#keys button').allTextContents()
      const expected = Array.from({ length: 10 }, (_, i) =>
        i === 0 ? 'key:99999' : `key:${i}99999`,
      )
      assert.deepEqual(keys.toSorted(), expected.toSorted())
      assert.deepEqual(problems, [])
    })
  }
})
