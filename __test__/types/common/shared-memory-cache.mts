// SharedMemoryCache as a program uses it: inference, what it has in common with MemoryCache, codecs,
// mistakes. What must not live here: comparisons with the published package.

import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import type {
  Cache,
  CacheHooks,
  CacheStats,
  Codec,
  ExtendedCache,
  FetchSignal,
  IncrementEntryOptions,
  IncrementOptions,
  IncrementedEntry,
  SharedAttachOptions,
  SharedCacheHooks,
  SharedCacheLimits,
  SharedCacheMetrics,
  SharedCacheOptions,
} from 'native-memory-cache'
import type { Expect, Interchangeable, Same, SameMembers } from './expect.mjs'
import type { Session } from './session.mjs'

declare const session: Session

const asText: Codec<Session> = {
  name: 'as text',
  encode: ({ userId }) => userId,
  decode: (text: string) => ({ userId: text, permissions: [] }),
}
const asBytes: Codec<string> = {
  encode: (text) => new Uint8Array(text.length),
  decode: (bytes: Uint8Array) => `${bytes.length} bytes`,
}

const sessions = new SharedMemoryCache<Session>({ name: 'sessions', maxBytes: 1 << 20, ttl: 1000 })
const untyped = new SharedMemoryCache({ name: 'untyped', codec: 'json' })
const coded = new SharedMemoryCache({ name: 'coded', codec: asBytes })
const observed = new SharedMemoryCache({
  name: 'observed',
  hooks: { onSet: (context: { value: Date }) => context.value },
})

export const encoded = new SharedMemoryCache<Session>({ name: 'encoded', codec: asText })

export type TheValueTypeIsGivenOrInferred = [
  Expect<Same<typeof sessions, SharedMemoryCache<Session>>>,
  Expect<Same<typeof untyped, SharedMemoryCache<unknown>>>,
  Expect<Same<typeof coded, SharedMemoryCache<string>>>,
  Expect<Same<typeof observed, SharedMemoryCache<Date>>>,
]

type Own = 'forEach' | 'getMetrics' | 'resize' | 'withNamespace'

export type EveryCommonMemberIsTheSameInAllCaches = [
  // Of `getOrSet` it has what the published class has, too.
  Expect<SameMembers<Cache<Session>, MemoryCache<Session>, 'getOrSet'>>,
  Expect<SameMembers<Cache<Session>, SharedMemoryCache<Session>, 'getOrSet'>>,
  Expect<MemoryCache<Session> extends Cache<Session> ? true : false>,
  Expect<ExtendedCache<Session> extends Cache<Session> ? true : false>,
  // `forEach` hands over the cache as what it is; limits, figures and views are not all the same.
  Expect<SameMembers<ExtendedCache<Session>, MemoryCache<Session>, Own>>,
  Expect<SameMembers<ExtendedCache<Session>, SharedMemoryCache<Session>, Own>>,
  Expect<
    Same<
      // Of a view there is no snapshot.
      keyof ExtendedCache<Session> | 'dump' | 'load' | 'restore' | 'save',
      keyof MemoryCache<Session> & keyof SharedMemoryCache<Session>
    >
  >,
]

/** Either class where any cache will do. */
export const caches: Cache<Session>[] = [new MemoryCache<Session>(), sessions]

export const extendedCaches: ExtendedCache<Session>[] = [new MemoryCache<Session>(), sessions]

export const listed: [string, Session | undefined][] = [...sessions, ...sessions.scan('a:*')]
sessions.forEach((value, key, cache) => cache.setIfAbsent(key, value ?? session))

export type TheHooksServeBothKindsOfCaches = Expect<
  Interchangeable<SharedCacheHooks<Session>, CacheHooks<Session>>
>

declare const counters: SharedMemoryCache<number>
declare const few: SharedMemoryCache<1 | 2>
declare const mixed: SharedMemoryCache<number | Session>

const name = sessions.name
const taken = sessions.take('id')
const stored = sessions.setIfAbsent('id', session)
const counted = counters.increment('visits')
const countedBy = counters.increment('visits', -1, { ttl: 60_000 })
const countedAmongOthers = mixed.increment('visits')
const countedUntyped = untyped.increment('visits')
const replaced = sessions.replace('id', session, { ttl: 1000 })
const updated = sessions.update('id', (value) => value && { ...value, permissions: [] }, 1000)
const added = counters.incrementEntry('visits')
const addedWithOptions = counters.incrementEntry('visits', 2, { ttl: 1000, onlyIfPresent: false })
const addedIfPresent = counters.incrementEntry('visits', 1, { onlyIfPresent: true })
const addedAmongOthers = mixed.incrementEntry('visits')
const addedUntyped = untyped.incrementEntry('visits')
const stats = sessions.getStats()
const metrics = sessions.getMetrics()
const closed = sessions.close()
const disposed = sessions[Symbol.dispose]()
const names = SharedMemoryCache.names()
const attached = SharedMemoryCache.attach<Session>('sessions', { nearCache: true })
const attachedUntyped = SharedMemoryCache.attach('sessions')
const attachedCoded = SharedMemoryCache.attach('coded', { codec: asBytes })
const destroyed = SharedMemoryCache.destroy('sessions')

export type WhatOnlySharedCachesHave = [
  Expect<Same<typeof name, string>>,
  Expect<Same<typeof taken, Session | undefined>>,
  Expect<Same<typeof stored, boolean>>,
  Expect<Same<typeof counted, number>>,
  Expect<Same<typeof countedBy, number>>,
  Expect<Same<typeof countedAmongOthers, number>>,
  Expect<Same<typeof countedUntyped, number>>,
  Expect<Same<typeof replaced, boolean>>,
  Expect<Same<typeof updated, Session | undefined>>,
  Expect<Same<typeof added, IncrementedEntry>>,
  Expect<Same<typeof addedWithOptions, IncrementedEntry>>,
  Expect<Same<typeof addedIfPresent, IncrementedEntry | undefined>>,
  Expect<Same<typeof addedAmongOthers, IncrementedEntry>>,
  Expect<Same<typeof addedUntyped, IncrementedEntry>>,
  Expect<Same<typeof attached, SharedMemoryCache<Session>>>,
  Expect<Same<typeof attachedUntyped, SharedMemoryCache<unknown>>>,
  Expect<Same<typeof attachedCoded, SharedMemoryCache<string>>>,
  Expect<Same<typeof stats, CacheStats>>,
  Expect<Same<typeof metrics, SharedCacheMetrics>>,
  Expect<Same<typeof closed, void>>,
  Expect<Same<typeof disposed, void>>,
  Expect<Same<typeof names, string[]>>,
  Expect<Same<typeof destroyed, boolean>>,
]

/** What a logger takes: fits a type alias, would not fit an interface. */
export const logged: Record<string, unknown>[] = [
  metrics,
  { name: 'sessions' } satisfies SharedCacheOptions,
  { ttl: 1000 } satisfies IncrementOptions,
  { onlyIfPresent: true } satisfies IncrementEntryOptions,
  { nearCache: true } satisfies SharedAttachOptions,
  added,
]

declare const signal: FetchSignal

export const kept = new SharedMemoryCache<Session>({
  name: 'kept',
  staleWhileRevalidate: 1000,
  staleIfError: Infinity,
})
export const failed: number = kept.getMetrics().refreshErrors
export const fetched: Promise<Session> = kept.getOrSet(
  'a',
  ({ key, signal: own, stale }) => {
    own.addEventListener('abort', () => {})
    return stale ?? { ...session, userId: key }
  },
  { signal, timeout: 1000, staleIfError: 1000 },
)
// @ts-expect-error a time is a number
kept.getOrSet('a', () => session, { timeout: '1s' })

sessions.resize({ maxSize: 1, maxBytes: 1 } satisfies SharedCacheLimits)
// @ts-expect-error the ttl of a store stays
sessions.resize({ ttl: 1 })
// @ts-expect-error a value of another type
sessions.setIfAbsent('id', 'not a session')
// @ts-expect-error no entry of this store is a number
sessions.increment('visits')
// @ts-expect-error neither with all arguments
sessions.increment('visits', 1, { ttl: 1000 })
// @ts-expect-error nor by the other name
sessions.incrementEntry('visits')
// @ts-expect-error nor under a condition
sessions.incrementEntry('visits', 1, { onlyIfPresent: true })
// @ts-expect-error some numbers are not all numbers
few.increment('visits')
// @ts-expect-error some numbers are not all numbers
few.incrementEntry('visits')
// @ts-expect-error a value of another type
sessions.replace('id', 'not a session')
// @ts-expect-error what is made is a value of another type
sessions.update('id', () => 'not a session')
// @ts-expect-error a promise is no value
sessions.update('id', async (value) => value)
// @ts-expect-error the value of a missing entry is not checked for
sessions.update('id', ({ userId }) => ({ userId, permissions: [] }))
// @ts-expect-error limits are the store's
SharedMemoryCache.attach('sessions', { maxSize: 10 })
// @ts-expect-error a duration is a number of milliseconds
counters.increment('visits', 1, { ttl: '1m' })
// @ts-expect-error the value of a miss is not checked for
export const { userId } = sessions.take('id')
// @ts-expect-error the name belongs to the store
sessions.name = 'other'
// @ts-expect-error only the hooks of a MemoryCache can be flushed
sessions.flushHooks()

export const wronglyMade = [
  // @ts-expect-error a store has a name
  new SharedMemoryCache<Session>({ maxSize: 100 }),
  // @ts-expect-error the options left out
  new SharedMemoryCache<Session>(),
  // @ts-expect-error weights are an option of MemoryCache
  new SharedMemoryCache<Session>({ name: 'a', maxWeight: 1, sizeCalculation: () => 1 }),
  // @ts-expect-error a codec that does not exist
  new SharedMemoryCache<Session>({ name: 'a', codec: 'msgpack' }),
  // @ts-expect-error a codec for another type of value
  new SharedMemoryCache<Session>({ name: 'a', codec: asBytes }),
  // @ts-expect-error a codec that gives no text and no bytes
  new SharedMemoryCache<Session>({ name: 'a', codec: { encode: () => 1, decode: () => session } }),
  // @ts-expect-error a codec that cannot decode
  new SharedMemoryCache<Session>({ name: 'a', codec: { encode: () => '' } }),
  // @ts-expect-error a hook that does not exist
  new SharedMemoryCache<Session>({ name: 'a', hooks: { onTake: () => {} } }),
]

const many = sessions.getMany(['a', 'b'])
const manyStored = sessions.setMany([['a', session]], 60_000)

export type ManyKeysAnswerInOrder = [
  Expect<Same<typeof many, (Session | undefined)[]>>,
  Expect<Same<typeof manyStored, void>>,
]

// @ts-expect-error values are of the value type
counters.setMany([['a', 'text']])
