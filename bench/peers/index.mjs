// Who takes part, and what a driver is.
// Lives here: names, packages and versions. How a peer is used belongs in its driver.
//
// A driver is an object with
//   lru, ttl, hooks   whether the peer has these at all
//   copies            whether what is read is a copy of what was written
//   create({ maxSize, ttl, onEvent?, fetcher?, deletes? })
//                     a cache in the peer's best configuration for what is asked of it: `ttl` in
//                     ms, 0 for none; `onEvent` for each event that the peer can report; `fetcher`
//                     if getOrSet will be called; `deletes` if delete will be
//   get, has, set, delete, getOrSet, deleteByPrefix, deleteByMagicString, keys, values, entries,
//   prune, clear      functions of the cache (and a key, a value); absent where the peer has none.
//                     keys, values and entries return arrays, as the published package does.
// Each driver is loaded in a process of its own, so that V8 sees one kind of cache per call site.
import { readFileSync } from 'node:fs'

export const OURS = 'native'
export const PUBLISHED = 'published'
/** This package again, with that policy: no peer, but for the benchmarks that compare the two. */
export const S3_FIFO = 's3-fifo'
/** This package's other class, whose values are copies: in some of the benchmarks. */
export const SHARED = 'shared'
/** lru-cache, made to read the clock at every call, as the published package does. */
export const LRU_CACHE_EXACT = 'lru-cache-exact'
export const EMPTY_CALL = 'empty call'
export const READ_KEY_CALL = 'key read'

const PACKAGES = {
  [OURS]: 'native-memory-cache',
  [PUBLISHED]: '@humanspeak/memory-cache',
  'lru-cache': 'lru-cache',
  [LRU_CACHE_EXACT]: 'lru-cache',
  'tiny-lru': 'tiny-lru',
  mnemonist: 'mnemonist',
  'quick-lru': 'quick-lru',
  'node-cache': 'node-cache',
  ttlcache: '@isaacs/ttlcache',
  'lru.min': 'lru.min',
  cacheable: '@cacheable/memory',
}

export const PEERS = Object.keys(PACKAGES)
export const FLOORS = [EMPTY_CALL, READ_KEY_CALL]

export async function loadDriver(name) {
  if (!FLOORS.includes(name)) return (await import(`./${name}.mjs`)).default
  const floors = await import('./floor.mjs')
  return name === EMPTY_CALL ? floors.emptyCall : floors.readKeyCall
}

const manifestOf = (name) =>
  name === OURS
    ? new URL('../../package.json', import.meta.url)
    : new URL(`../node_modules/${PACKAGES[name]}/package.json`, import.meta.url)

/** Which version of which package each name stands for. */
export const versions = () =>
  Object.fromEntries(
    PEERS.map((name) => {
      const { version } = JSON.parse(readFileSync(manifestOf(name), 'utf8'))
      return [name, `${PACKAGES[name]} ${version}`]
    }),
  )
