// What must be true of a cache that follows the genuine clock, judged only by Date.now() read before and
// after each call. CommonJS, so that jest can require it. Busy loops of some ten milliseconds, no sleeps,
// no fake clocks.

'use strict'

const assert = require('node:assert/strict')

function timed(call) {
  const before = Date.now()
  const result = call()
  return { before, after: Date.now(), result }
}

// True or false where the readings around both calls decide it, undefined where either would do.
function mustBeAlive(written, looked, ttl) {
  if (looked.after - written.before <= ttl) return true
  if (looked.before - written.after > ttl) return false
}

function assertLife(written, looked, ttl) {
  const expected = mustBeAlive(written, looked, ttl)
  if (expected === undefined) return
  const detail = JSON.stringify({ ttl, written, looked })
  assert.equal(looked.result, expected, `${expected ? 'lost early' : 'alive too long'}: ${detail}`)
}

const genuine = [
  {
    title: 'an entry is alive until the genuine clock has passed its ttl, and then it is not',
    run({ MemoryCache }) {
      const ttl = 30
      const cache = new MemoryCache({ ttl })
      const written = timed(() => cache.set('a', 1))
      let looked
      do {
        looked = timed(() => cache.get('a') === 1)
        assertLife(written, looked, ttl)
      } while (looked.result)
      assert.ok(looked.after - written.before > ttl)
    },
  },
  {
    title: 'every write in a stream of writes lives its own ttl',
    run({ MemoryCache }) {
      const ttl = 5
      const cache = new MemoryCache({ ttl, maxSize: 0 })
      const deadline = Date.now() + 80
      const open = []
      for (let i = 0; Date.now() < deadline; i++) {
        open.push({ key: `k${i}`, written: timed(() => cache.set(`k${i}`, i)) })
        const { key, written } = open[0]
        const looked = timed(() => cache.has(key))
        assertLife(written, looked, ttl)
        if (!looked.result) open.shift()
      }
    },
  },
  {
    title: 'prune counts exactly what the genuine clock has let expire',
    run({ MemoryCache }) {
      const ttl = 10
      const cache = new MemoryCache({ ttl })
      const writes = []
      const end = Date.now() + 20
      for (let i = 0; i < 50; i++) writes.push(timed(() => cache.set(`k${i}`, i)))
      while (Date.now() < end);
      writes.push(timed(() => cache.set('fresh', true)))
      const pruned = timed(() => cache.prune())
      const fates = writes.map((written) => mustBeAlive(written, pruned, ttl))
      const dead = fates.filter((alive) => alive === false).length
      const living = fates.filter((alive) => alive === true).length
      assert.ok(dead > 0)
      assert.ok(pruned.result >= dead && pruned.result <= writes.length - living)
    },
  },
]

module.exports = { genuine }
