// Entries as `dump` gives them and `load` takes them, for both kinds of cache: their shape, and the checks of
// what a caller brings. Where entries come from and go to is each kind's own business.
'use strict'

const { listed } = require('./batches.js')
const { asCalledBy, invalidArgument, notAnEntry } = require('./errors.js')
const { readExpiresAt, readTtl } = require('./lifetimes.js')
const native = require('./native.js')
const { readTags } = require('./tags.js')

// Entries that go to native code in one call.
const AT_ONCE = 1_000

/** What a dump tells of an entry: no more than there is to tell. `ttl` is the cache's. */
function dumpedEntry(value, facts, ttl) {
  const entry = { value }
  if (facts.expiresAt !== Infinity) entry.expiresAt = facts.expiresAt
  // JSON has no Infinity.
  if (facts.ttl !== (ttl || Infinity)) entry.ttl = facts.ttl === Infinity ? 0 : facts.ttl
  if (facts.tags.length > 0) entry.tags = facts.tags
  return entry
}

// NaN, for the cache's own lifetime, stays.
function untilWhen(ttl, expiresAt) {
  if (expiresAt === Infinity) return { ttl: Infinity, expiresAt }
  // A deadline and no end: the lifetime is what is left.
  if (!Number.isNaN(expiresAt) && (ttl === 0 || ttl === Infinity))
    return { ttl: Number.NaN, expiresAt }
  return { ttl, expiresAt }
}

function readEntry(entry, item, place) {
  if (!Array.isArray(item)) {
    throw asCalledBy(entry, notAnEntry('load', place, item, 'a key and an object with its value'))
  }
  const [key, described] = item
  if (typeof key !== 'string') {
    throw asCalledBy(entry, invalidArgument('load', `${place}[0]`, key))
  }
  if (typeof described !== 'object' || described === null) {
    throw asCalledBy(
      entry,
      notAnEntry('load', place, described, 'a key and an object with its value'),
    )
  }
  const { value, expiresAt, ttl, tags } = described
  return {
    key,
    value,
    ...untilWhen(
      readTtl(entry, 'load', ttl, `${place}[1].ttl`),
      readExpiresAt(entry, 'load', expiresAt, `${place}[1].expiresAt`),
    ),
    tags: readTags(entry, 'load', tags, `${place}[1].tags`),
  }
}

/** The entries that `entry`, the method `load`, was given: of those with the same key the last, in its place. */
function readDump(entry, given) {
  const list = listed(entry, 'load', 'entries', '[key, { value }] pairs', given)
  const byKey = new Map()
  for (let i = 0; i < list.length; i++) {
    const read = readEntry(entry, list[i], `entries[${i}]`)
    byKey.delete(read.key)
    byKey.set(read.key, read)
  }
  return [...byKey.values()]
}

/** Whether a clock is to be read for these entries, in a cache with this `ttl`. */
function areTimed(entries, ttl) {
  return ttl > 0 || entries.some((entry) => entry.ttl > 0 || !Number.isNaN(entry.expiresAt))
}

function deadline(entry, ttl, now) {
  if (!Number.isNaN(entry.expiresAt)) return entry.expiresAt
  // As a write would have it.
  const lifetime = Number.isNaN(entry.ttl) ? ttl : entry.ttl
  return lifetime === 0 ? Infinity : now + lifetime
}

/**
 * Native code's own list of entries, for a cache with this `ttl`. Their values go along where they are encoded,
 * each as `{ tag, payload }`.
 */
function loadingOf(entries, encoded, ttl, now) {
  const loading = native.loadingNew()
  for (let start = 0; start < entries.length; start += AT_ONCE) {
    const some = entries.slice(start, start + AT_ONCE)
    const values = encoded?.slice(start, start + AT_ONCE)
    native.loadingAdd(
      loading,
      some.map(({ key }) => key).join(''),
      Uint32Array.from(some, ({ key }) => key.length),
      values && Uint8Array.from(values, ({ tag }) => tag),
      values?.map(({ payload }) => payload),
      Float64Array.from(some, (entry) => deadline(entry, ttl, now)),
      Float64Array.from(some, (entry) => entry.ttl),
      some.map(({ tags }) => tags),
    )
  }
  return loading
}

module.exports = { areTimed, dumpedEntry, loadingOf, readDump }
