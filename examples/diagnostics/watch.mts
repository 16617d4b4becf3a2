// Watches every cache of the thread, whoever has made it: counts reads by the kind of key, tells of evictions, and
// times fetches. Lives here: what is worth knowing of caches. What they hold is no affair of this file.
import { subscribe, tracingChannel } from 'node:diagnostics_channel'
import { SharedMemoryCache } from 'native-memory-cache'
import type { CacheEvictMessage, CacheFetchMessage, CacheGetMessage } from 'native-memory-cache'

type Reads = { hits: number; misses: number }

const reads = new Map<string, Reads>()
const begun = new WeakMap<CacheFetchMessage, number>()
const ignore = (): void => {}

// Ids in keys are data of users; what comes before them is not.
const kindOf = (key: string): string => key.slice(0, key.indexOf(':'))

const nameOf = ({ cache }: CacheEvictMessage): string =>
  cache instanceof SharedMemoryCache ? `the shared store "${cache.name}"` : 'a cache'

function count(message: unknown): void {
  const { key, hit } = message as CacheGetMessage
  const kind = kindOf(key)
  const counted = reads.get(kind) ?? { hits: 0, misses: 0 }
  reads.set(kind, counted)
  if (hit) counted.hits++
  else counted.misses++
}

/** Begins to watch. Who wants no more of it unsubscribes the same functions. */
export function watchCaches(print: (line: string) => void): void {
  subscribe('native-memory-cache:get', count)
  subscribe('native-memory-cache:evict', (message) => {
    const evicted = message as CacheEvictMessage
    print(`${nameOf(evicted)} has let a ${kindOf(evicted.key)} go`)
  })
  tracingChannel<CacheFetchMessage>('native-memory-cache:fetch').subscribe({
    start: (fetch) => void begun.set(fetch, performance.now()),
    end: ignore,
    asyncStart: ignore,
    asyncEnd(fetch) {
      const milliseconds = performance.now() - (begun.get(fetch) ?? 0)
      const speed = milliseconds < 200 ? 'fast' : 'slow'
      print(`a fetch of a ${kindOf(fetch.key)} was ${speed}${fetch.error ? ' and failed' : ''}`)
    },
    error: ignore,
  })
}

/** By the kind of key. */
export const readsSoFar = (): ReadonlyMap<string, Readonly<Reads>> => reads
