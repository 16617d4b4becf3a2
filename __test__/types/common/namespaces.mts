// Views of both kinds of caches as programs use them. What must not live here: comparisons with the
// published package.

import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import type {
  Cache,
  CacheStats,
  CacheView,
  EntryInfo,
  ExtendedCache,
  IncrementedEntry,
  SharedCacheView,
} from 'native-memory-cache'
import type { Expect, SameMembers, Same } from './expect.mjs'
import type { Session } from './session.mjs'

declare const session: Session
declare const cache: MemoryCache<Session>
declare const store: SharedMemoryCache<Session>
declare const counters: SharedMemoryCache<number>

const view = cache.withNamespace('a:')
const sharedView = store.withNamespace('a:')
const nested = view.withNamespace('b:')
const sharedNested = sharedView.withNamespace('b:')

export type AViewHasTheTypeOfTheValues = [
  Expect<Same<typeof view, CacheView<Session>>>,
  Expect<Same<typeof sharedView, SharedCacheView<Session>>>,
  Expect<Same<typeof nested, CacheView<Session>>>,
  Expect<Same<typeof sharedNested, SharedCacheView<Session>>>,
]

/** What a whole cache alone has. */
type Whole = 'dump' | 'load' | 'restore' | 'save'

export type AViewHasWhatTheCacheHasAndItsPrefix = [
  Expect<Same<keyof CacheView<Session>, Exclude<keyof MemoryCache<Session>, Whole> | 'prefix'>>,
  Expect<
    Same<
      keyof SharedCacheView<Session>,
      Exclude<keyof SharedMemoryCache<Session>, Whole> | 'prefix'
    >
  >,
  Expect<SameMembers<MemoryCache<Session>, CacheView<Session>, 'forEach' | Whole>>,
  Expect<
    SameMembers<
      SharedMemoryCache<Session>,
      SharedCacheView<Session>,
      'forEach' | 'increment' | 'incrementEntry' | Whole
    >
  >,
]

/** A view where any cache will do. */
export const caches: Cache<Session>[] = [view, sharedView, nested]
export const extended: ExtendedCache<Session>[] = [view, sharedView, sharedNested]
export const views: ExtendedCache<Session>[] = extended.map((one) => one.withNamespace('c:'))

const value = view.get('id')
const info = sharedView.info('id')
const fetched = view.getOrSet('id', async () => session, { ttl: (one, key) => key.length })
const stats = view.getStats()
const counted = counters.withNamespace('a:').increment('visits', 1, { ttl: 1000 })
const added = counters.withNamespace('a:').incrementEntry('visits')
const addedIfPresent = counters
  .withNamespace('a:')
  .incrementEntry('visits', 1, { onlyIfPresent: true })
const iterated = [...sharedView]

export type WhatAViewReturns = [
  Expect<Same<typeof view.prefix, string>>,
  Expect<Same<typeof sharedView.name, string>>,
  Expect<Same<typeof value, Session | undefined>>,
  Expect<Same<typeof info, EntryInfo<Session> | undefined>>,
  Expect<Same<typeof fetched, Promise<Session>>>,
  Expect<Same<typeof stats, CacheStats>>,
  Expect<Same<typeof counted, number>>,
  Expect<Same<typeof added, IncrementedEntry>>,
  Expect<Same<typeof addedIfPresent, IncrementedEntry | undefined>>,
  Expect<Same<typeof iterated, [string, Session | undefined][]>>,
]

view.forEach((one, key, within) => within.set(key, one ?? session))
sharedView.forEach((one, key, within) => within.replace(key, one ?? session))

// @ts-expect-error -- a prefix is a string
cache.withNamespace(1)
// @ts-expect-error -- there is no view without a prefix
store.withNamespace()
// @ts-expect-error -- it stays what it is
view.prefix = 'b:'
// @ts-expect-error -- only numbers are added to
sharedView.increment('visits')
// @ts-expect-error -- a view of a cache of one thread is none of a shared store
export const other: SharedCacheView<Session> = view
