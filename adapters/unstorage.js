// A driver of unstorage. What must not live here: how values become text and keys are normalized, which is unstorage's.
'use strict'

const { openCache, readOptions, readPrefix } = require('./common.js')
const { defaultLifetime, lifetimeOf, setEntries } = require('./entries.js')

// unstorage counts seconds.
function ttlOf(options) {
  const ttl = options?.ttl
  return typeof ttl === 'number' ? ttl * 1000 : ttl
}

/** The methods of a driver: unstorage calls them without one. */
function methodsOf({ cache, isOwn }, { prefix, lifetime }) {
  const view = cache.withNamespace(prefix)
  const read = (key) => view.get(key) ?? null
  const write = (key, value, options) => {
    view.set(key, value, lifetimeOf(ttlOf(options), lifetime))
  }
  return {
    getInstance: () => cache,
    hasItem: (key) => view.has(key),
    getItem: read,
    getItemRaw: read,
    getItems(items) {
      const keys = items.map(({ key }) => key)
      return view.getMany(keys).map((value, i) => ({ key: keys[i], value: value ?? null }))
    },
    setItem: write,
    setItemRaw: write,
    setItems(items) {
      setEntries(
        view,
        items.map(({ key, value, options }) => ({ key, value, ttl: ttlOf(options) })),
        lifetime,
      )
    },
    removeItem(key) {
      view.delete(key)
    },
    getMeta(key) {
      const remaining = view.getRemainingTTL(key)
      if (remaining === 0) return null
      return remaining === Infinity ? {} : { ttl: Math.ceil(remaining / 1000) }
    },
    getKeys(base = '') {
      const keys = cache.withNamespace(prefix + base).keys()
      return keys.map((key) => base + key)
    },
    clear(base = '') {
      cache.withNamespace(prefix + base).clear()
    },
    dispose() {
      if (isOwn) cache.close()
    },
  }
}

function unstorageDriver(options) {
  return readOptions(unstorageDriver, options, () => {
    const prefix = readPrefix(options, 'unstorage:')
    const opened = openCache(options)
    const lifetime = defaultLifetime(options, opened.isOwn)
    return { name: 'native-memory-cache', options, ...methodsOf(opened, { prefix, lifetime }) }
  })
}

module.exports = { __esModule: true, default: unstorageDriver, unstorageDriver }
