// Session storage with audit logging in plain JavaScript, for any runtime.
// Lives here: the checks, given the package however it was loaded, and the clock that they set.
'use strict'

const assert = require('node:assert/strict')

const ttl = 30 * 60 * 1000

function withClock(now, body) {
  const genuine = Date.now
  let time = now
  Date.now = () => time
  try {
    body((milliseconds) => {
      time += milliseconds
    })
  } finally {
    Date.now = genuine
  }
}

function openSessions({ MemoryCache }) {
  const auditLog = []
  const cache = new MemoryCache({
    maxSize: 10000,
    ttl,
    hooks: {
      onSet: ({ value }) => auditLog.push(`created for ${value.userId}`),
      onExpire: ({ value }) => auditLog.push(`expired for ${value.userId}`),
      onDelete: ({ value, source }) => auditLog.push(`destroyed for ${value.userId} by ${source}`),
    },
  })
  return { auditLog, cache }
}

const checks = {
  'a session can be read for half an hour and then no more'(library) {
    withClock(1_000, (advance) => {
      const { auditLog, cache } = openSessions(library)
      const session = { userId: 'ada', permissions: ['read'] }
      cache.set('id', session)
      advance(ttl)
      assert.equal(cache.get('id'), session)
      advance(1)
      assert.equal(cache.get('id'), undefined)
      assert.deepEqual(auditLog, ['created for ada', 'expired for ada'])
    })
  },

  'a destroyed session cannot be read or destroyed again'(library) {
    const { auditLog, cache } = openSessions(library)
    cache.set('id', { userId: 'bob' })
    assert.equal(cache.delete('id'), true)
    assert.equal(cache.delete('id'), false)
    assert.equal(cache.get('id'), undefined)
    assert.deepEqual(auditLog, ['created for bob', 'destroyed for bob by delete'])
  },

  'the genuine clock counts whole milliseconds as Date.now does'(library) {
    const cache = new library.MemoryCache({ ttl: 20 })
    const before = Date.now()
    cache.set('id', 'a value')
    const after = Date.now()
    let read
    do {
      read = { from: Date.now(), value: cache.get('id'), to: Date.now() }
      // Only a read between two readings of the clock that leave no doubt can be judged.
      if (read.to - before <= 20) assert.equal(read.value, 'a value')
      if (read.from - after > 20) assert.equal(read.value, undefined)
    } while (read.from - after <= 20)
  },

  'a million writes leave the newest ten thousand keys in their order'(library) {
    const cache = new library.MemoryCache({ maxSize: 10_000, ttl: 0 })
    for (let i = 0; i < 1_000_000; i += 1) cache.set(`key ${i}`, i)
    const keys = cache.keys()
    assert.equal(keys.length, 10_000)
    assert.equal(keys[0], 'key 990000')
    assert.equal(keys.at(-1), 'key 999999')
    assert.equal(cache.getStats().evictions, 990_000)
  },

  'wrong keys and options are errors of the classes that the package exports'(library) {
    const { MemoryCache, CacheConfigError } = library
    assert.throws(() => new MemoryCache({ ttl: -1 }), CacheConfigError)
    assert.throws(() => new MemoryCache().get(1), TypeError)
  },
}

/** Runs every check; resolves to their number. */
function checkSessions(library) {
  for (const [title, check] of Object.entries(checks)) {
    try {
      check(library)
    } catch (error) {
      throw new Error(`failed: ${title}`, { cause: error })
    }
  }
  return Object.keys(checks).length
}

module.exports = { checkSessions }
