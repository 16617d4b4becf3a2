// What callers give the models of caches: read, or refused with a TypeError. What is done with it is in
// model.mjs.

const MOST_TAGS = 64

const isAbsent = (value) => value === undefined || value === null

export function requireString(value) {
  if (typeof value !== 'string') throw new TypeError('not a string')
}

export function readTtl(value) {
  if (isAbsent(value)) return undefined
  if (typeof value !== 'number' || !(value >= 0)) throw new TypeError('not a ttl')
  return value
}

function readTime(value) {
  if (isAbsent(value)) return undefined
  const time = value instanceof Date ? value.getTime() : value
  if (typeof time !== 'number' || Number.isNaN(time)) throw new TypeError('not a time')
  return time
}

export function readLifetime(given) {
  if (typeof given === 'number' || isAbsent(given)) return { ttl: readTtl(given) }
  if (typeof given !== 'object') throw new TypeError('neither a ttl nor options')
  const ttl = readTtl(given.ttl)
  const expiresAt = readTime(given.expiresAt)
  if (ttl !== undefined && expiresAt !== undefined) throw new TypeError('both')
  return { ttl, expiresAt, tags: readTagsOfEntry(given.tags) }
}

/** One tag or several, each once. */
export function readTags(given) {
  const tags = typeof given === 'string' ? [given] : given
  if (!Array.isArray(tags)) throw new TypeError('neither a tag nor tags')
  tags.forEach(requireString)
  return [...new Set(tags)]
}

function readTagsOfEntry(given) {
  if (isAbsent(given)) return undefined
  if (typeof given === 'string') throw new TypeError('not an array')
  const tags = readTags(given)
  if (tags.length > MOST_TAGS) throw new TypeError('too many tags')
  return tags
}

function readList(given) {
  if (typeof given !== 'object' || typeof given?.[Symbol.iterator] !== 'function') {
    throw new TypeError('not a list')
  }
  return [...given]
}

export function readKeys(given) {
  const keys = readList(given)
  keys.forEach(requireString)
  return keys
}

export function readEntries(given) {
  const entries = readList(given)
  for (const entry of entries) {
    if (!Array.isArray(entry)) throw new TypeError('not a pair')
    requireString(entry[0])
  }
  return entries
}

function readOption(given, type) {
  if (isAbsent(given) || typeof given === type) return given ?? undefined
  throw new TypeError(`not a ${type}`)
}

/** What a caller of getOrSet wants; `cache` has the options of the constructor. */
export function readFetch(given, cache) {
  const options = given ?? {}
  if (typeof options !== 'object') throw new TypeError('not an object')
  const { ttl, tags } = options
  const staleWhileRevalidate =
    readTtl(options.staleWhileRevalidate) ?? cache.staleWhileRevalidate ?? 0
  const staleIfError = readTtl(options.staleIfError) ?? cache.staleIfError ?? 0
  const ownTtl = typeof ttl === 'function' ? undefined : readTtl(ttl)
  const ownTags = typeof tags === 'function' ? undefined : readTagsOfEntry(tags)
  return {
    staleWhileRevalidate,
    staleIfError,
    grace: Math.max(staleWhileRevalidate, staleIfError),
    forceRefresh: readOption(options.forceRefresh, 'boolean') ?? false,
    shouldCache: readOption(options.shouldCache, 'function') ?? (() => true),
    ttlOf: (value, key) => (typeof ttl === 'function' ? readTtl(ttl(value, key)) : ownTtl),
    tags: ownTags,
    tagsOf: (value, key) =>
      typeof tags === 'function' ? readTagsOfEntry(tags(value, key)) : ownTags,
    informs: !isAbsent(given),
  }
}
