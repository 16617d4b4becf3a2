// MemoryCache as a program uses it: inference, generics, subclasses, stand-ins, mistakes.
// What must not live here: comparisons with the published package, decorators.

import { CacheConfigError, MemoryCache } from 'native-memory-cache'
import type {
  Cache,
  CacheHooks,
  CacheLimits,
  CacheMetrics,
  CacheOptions,
  CacheStats,
  CacheView,
  EntryInfo,
  FetchContext,
  FetchSignal,
  GetOrSetOptions,
  OnDeleteContext,
  SetOptions,
} from 'native-memory-cache'
import type { Expect, Same } from './expect.mjs'
import type { Session } from './session.mjs'

declare const session: Session

const sessions = new MemoryCache<Session>({ maxSize: 10_000, ttl: 30 * 60 * 1000 })
const untyped = new MemoryCache()
const weighed = new MemoryCache({ maxWeight: 1024, sizeCalculation: (text: string) => text.length })
const observed = new MemoryCache({ hooks: { onSet: (context: { value: Date }) => context.value } })

export type TheValueTypeIsGivenOrInferred = [
  Expect<Same<typeof sessions, MemoryCache<Session>>>,
  Expect<Same<typeof untyped, MemoryCache<unknown>>>,
  Expect<Same<typeof weighed, MemoryCache<string>>>,
  Expect<Same<typeof observed, MemoryCache<Date>>>,
]

// As with the published package, by its methods, whose parameters are compared in both directions.
type Person = { name: string }
export const ofThoseWhoHaveMore: MemoryCache<Person> = new MemoryCache<Person & { age: number }>()

const read = sessions.get('id')
const fetched = sessions.getOrSet('id', async () => session)
const fetchedAtOnce = sessions.getOrSet('id', () => session)
const present = sessions.has('id')
const stored = sessions.set('id', session)
const removed = sessions.delete('id')
const removedLater = sessions.deleteAsync('id')
const cleared = sessions.clear()
const removedByPrefix = sessions.deleteByPrefix('a:')
const removedByPattern = sessions.deleteByMagicString('a:*')
const size = sessions.size()
const keys = sessions.keys()
const values = sessions.values()
const entries = sessions.entries()
const stats = sessions.getStats()
const reset = sessions.resetStats()
const pruned = sessions.prune()
const flushed = sessions.flushHooks()

export type EveryMethodAnswersInTheValueType = [
  Expect<Same<typeof read, Session | undefined>>,
  Expect<Same<typeof fetched, Promise<Session>>>,
  Expect<Same<typeof fetchedAtOnce, Promise<Session>>>,
  Expect<Same<typeof present, boolean>>,
  Expect<Same<typeof stored, void>>,
  Expect<Same<typeof removed, boolean>>,
  Expect<Same<typeof removedLater, Promise<boolean>>>,
  Expect<Same<typeof cleared, void>>,
  Expect<Same<typeof removedByPrefix, number>>,
  Expect<Same<typeof removedByPattern, number>>,
  Expect<Same<typeof size, number>>,
  Expect<Same<typeof keys, string[]>>,
  Expect<Same<typeof values, (Session | undefined)[]>>,
  Expect<Same<typeof entries, [string, Session | undefined][]>>,
  Expect<Same<typeof stats, CacheStats>>,
  Expect<Same<typeof reset, void>>,
  Expect<Same<typeof pruned, number>>,
  Expect<Same<typeof flushed, Promise<void>>>,
]

/** The hooks receive contexts of the cache's value type without annotations. */
export const hooks: CacheHooks<Session> = {
  onHit: ({ key, value }) => [key.length, value?.userId],
  onMiss: ({ key, reason }) => (reason === 'expired' ? key : (reason satisfies 'not_found')),
  onSet: ({ key, value, isUpdate }) => (isUpdate ? key : value.userId),
  onEvict: ({ key, value }) => [key.length, value?.permissions],
  onExpire: ({ key, value, source }) => [
    key,
    value?.userId,
    source satisfies 'get' | 'has' | 'prune',
  ],
  onDelete: ({ key, value, source }) => [key, value?.userId, source],
}

export function sourceInWords(source: OnDeleteContext<Session>['source']): string {
  switch (source) {
    case 'delete':
    case 'deleteAsync':
      return 'by key'
    case 'deleteByPrefix':
    case 'deleteByMagicString':
      return 'by pattern'
    case 'deleteByTag':
      return 'by tag'
    case 'clear':
      return 'all'
  }
}

export function messageOf(error: unknown): string {
  return error instanceof CacheConfigError ? error.message : 'unknown'
}

export const raised: Error = new CacheConfigError('ttl must be a non-negative number')

/** A generic wrapper passes its type parameter on. */
export class Repository<Row extends { id: string }> {
  readonly #rows: MemoryCache<Row>

  constructor(options: CacheOptions<Row> = {}) {
    this.#rows = new MemoryCache(options)
  }

  find(id: string, load: (id: string) => Promise<Row>): Promise<Row> {
    return this.#rows.getOrSet(id, () => load(id))
  }
}

/** A subclass may use any name that is not public for its own members. */
export class SessionCache extends MemoryCache<Session> {
  readonly cache = 'a member the published class keeps private'

  override set(key: string, value: Session): void {
    super.set(`session:${key}`, value)
  }
}

/** A stand-in in a test needs the members common to all caches and nothing else. */
export class NoCache<T> implements Cache<T> {
  get = () => undefined
  getOrSet = async (_key: string, fetcher: () => T | Promise<T>) => fetcher()
  has = () => false
  set = () => {}
  delete = () => false
  deleteAsync = async () => false
  clear = () => {}
  deleteByPrefix = () => 0
  deleteByMagicString = () => 0
  size = () => 0
  keys = () => []
  values = () => []
  entries = () => []
  getStats = () => ({ hits: 0, misses: 0, evictions: 0, expirations: 0, size: 0, weight: 0 })
  resetStats = () => {}
  prune = () => 0
}

export const standIn: Cache<Session> = new NoCache<Session>()

/** With the members that a MemoryCache has beyond that, it stands in for the class. */
export class NoMemoryCache<T> extends NoCache<T> implements MemoryCache<T> {
  flushHooks = async () => {}
  resize = () => {}
  override getOrSet = async (_key: string, fetcher: (context?: any) => T | Promise<T>) => fetcher()
  getMetrics = () => ({
    bytes: 0,
    entries: 0,
    slots: 0,
    hitRatio: undefined,
    refreshErrors: 0,
    staleServed: 0,
    snapshotErrors: 0,
  })
  dump = () => [][Symbol.iterator]()
  load = () => {}
  save = async () => ({ entries: 0, bytes: 0 })
  restore = async () => ({ entries: 0 })
  close = () => {};
  [Symbol.dispose] = () => {}
  getRemainingTTL = () => 0
  info = () => undefined
  peek = () => undefined
  getMany = () => []
  hasMany = () => []
  setMany = () => {}
  deleteMany = () => []
  scan = () => [][Symbol.iterator]()
  forEach = () => {}
  take = () => undefined
  deleteByTag = () => 0
  touch = () => false
  renewsOnGet = false
  withNamespace = (prefix: string): CacheView<T> =>
    Object.assign(new NoMemoryCache<T>(), { prefix })
}

const info = sessions.info('id')

export const listed: [string, Session | undefined][] = [...sessions.scan()]
export const known = new Map(sessions.scan())
sessions.forEach((value, key, cache) => cache.getOrSet(key, () => value ?? session))
sessions.forEach(function (this: unknown) {}, 'this')
for (const [key, value] of sessions.scan('a:*')) sessions.set(key, value ?? session)
// @ts-expect-error a pattern that is no string
sessions.scan(/a:.*/)
sessions.resize({ maxSize: 1, maxWeight: 1, ttl: 1 } satisfies CacheLimits)
// @ts-expect-error hooks stay
sessions.resize({ hooks: {} })
// @ts-expect-error there is nothing to change
sessions.resize()
export const measured: CacheMetrics & Record<string, unknown> = sessions.getMetrics()
// @ts-expect-error nothing may have been read
export const ratio: number = sessions.getMetrics().hitRatio
// @ts-expect-error a function is needed
sessions.forEach()
// @ts-expect-error values come first
sessions.forEach((_key: string) => {})

export type WhatIsKnownOfAnEntry = [
  Expect<Same<typeof info, EntryInfo<Session> | undefined>>,
  Expect<Same<ReturnType<typeof sessions.peek>, Session | undefined>>,
  Expect<Same<ReturnType<typeof sessions.take>, Session | undefined>>,
  Expect<Same<ReturnType<typeof sessions.touch>, boolean>>,
  Expect<Same<ReturnType<typeof sessions.getRemainingTTL>, number>>,
  Expect<Same<typeof sessions.renewsOnGet, boolean>>,
]

// @ts-expect-error a cache is no options of one, of which it has none
new MemoryCache<Session>(sessions)
// @ts-expect-error it is told when a cache is made
sessions.renewsOnGet = true

export const lifetimes: (number | SetOptions | undefined)[] = [
  1000,
  { ttl: 1000 },
  { expiresAt: new Date() },
  { expiresAt: 1 },
  {},
  undefined,
]
for (const lifetime of lifetimes) sessions.set('id', { userId: 'ada', permissions: [] }, lifetime)

export const wanted: GetOrSetOptions<Session>[] = [
  {},
  { ttl: 1000, forceRefresh: true },
  { ttl: ({ permissions }, key) => permissions.length * key.length },
  { shouldCache: ({ userId }) => userId !== '' },
  { timeout: 1000, staleWhileRevalidate: 1000, staleIfError: Infinity },
]
for (const options of wanted) void sessions.getOrSet('id', async () => session, options)

declare const maybe: GetOrSetOptions<Session> | undefined
declare const leaving: FetchSignal
void sessions.getOrSet('id', async () => session, maybe)
void sessions.getOrSet('id', (context) => context?.stale ?? session, maybe)
void sessions.getOrSet(
  'id',
  ({ key, signal, stale }) => (signal.aborted ? session : (stale ?? known.get(key) ?? session)),
  {
    signal: leaving,
  },
)
export const told: FetchContext<Session>[] = []
void sessions.getOrSet('id', (context) => (told.push(context), session), {})
// Without options nothing is passed, so a parameter of the program's own will do.
void sessions.getOrSet('id', (retries = 3) => (retries > 0 ? session : session))
// @ts-expect-error with options that would be the context
void sessions.getOrSet('id', (retries: number = 3) => (retries > 0 ? session : session), {})
// @ts-expect-error without options there is no context
void sessions.getOrSet('id', (context: FetchContext<Session>) => context.stale ?? session)
// @ts-expect-error a signal is no controller
void sessions.getOrSet('id', () => session, { signal: { abort() {} } })

// @ts-expect-error a lifetime is a number
void sessions.getOrSet('id', () => session, { ttl: () => '1m' })
// @ts-expect-error an outcome that does not exist
export const lateFetch: CacheOptions = { lateFetch: 'keep' }
// @ts-expect-error a duration is a number of milliseconds
sessions.set('id', { userId: 'ada', permissions: [] }, '1m')
// @ts-expect-error a date is no duration
sessions.touch('id', new Date())

export const late: CacheOptions<Session> = { hookDelivery: 'deferred', checkInterval: 10_000 }

// @ts-expect-error a value of another type
sessions.set('id', 'not a session')
// @ts-expect-error a value left out
sessions.set('id')
// @ts-expect-error a key that is no string
sessions.get(1)
// @ts-expect-error a key that may be missing
sessions.delete(undefined as string | undefined)
// @ts-expect-error a fetcher of another type
sessions.getOrSet('id', async () => 'not a session')
// @ts-expect-error a pattern that is no string
sessions.deleteByMagicString(/a:.*/)
// @ts-expect-error the value of a miss is not checked for
export const { userId } = sessions.get('id')
// @ts-expect-error size is a method
export const half: number = sessions.size / 2

export const wronglyMade = [
  // @ts-expect-error a duration is a number of milliseconds
  new MemoryCache<Session>({ ttl: '30m' }),
  // @ts-expect-error null is no number
  new MemoryCache<Session>({ maxSize: null }),
  // @ts-expect-error an option that does not exist
  new MemoryCache<Session>({ max: 100 }),
  // @ts-expect-error a weight that is no number
  new MemoryCache<Session>({ maxWeight: 1, sizeCalculation: (value) => value.userId }),
  // @ts-expect-error a calculation for another type of value
  new MemoryCache<Session>({ maxWeight: 1, sizeCalculation: (value: string) => value.length }),
  // @ts-expect-error a hook that does not exist
  new MemoryCache<Session>({ hooks: { onClear: () => {} } }),
  // @ts-expect-error a hook that is no function
  new MemoryCache<Session>({ hooks: { onHit: true } }),
  // @ts-expect-error a miss has no value
  new MemoryCache<Session>({ hooks: { onMiss: ({ value }) => value } }),
  // @ts-expect-error a hook for another type of value
  new MemoryCache<Session>({ hooks: { onSet: (context: { value: string }) => context.value } }),
  // @ts-expect-error a delivery that does not exist
  new MemoryCache<Session>({ hookDelivery: 'late' }),
  // @ts-expect-error an interval is a number of milliseconds
  new MemoryCache<Session>({ checkInterval: '10s' }),
  // @ts-expect-error the error needs a message
  new CacheConfigError(),
  // @ts-expect-error the class is called with new
  MemoryCache<Session>(),
]

const many = sessions.getMany(new Set(['a', 'b']))
const manyPresent = sessions.hasMany(['a'].values())
const manyStored = sessions.setMany([['a', session]], { ttl: 60_000 })
const manyRemoved = sessions.deleteMany(['a', 'b'] as const)
sessions.setMany(new Map([['a', session]]), 60_000)

export type ManyKeysAnswerInOrder = [
  Expect<Same<typeof many, (Session | undefined)[]>>,
  Expect<Same<typeof manyPresent, boolean[]>>,
  Expect<Same<typeof manyStored, void>>,
  Expect<Same<typeof manyRemoved, boolean[]>>,
]

// @ts-expect-error keys are strings
sessions.getMany([1])
// @ts-expect-error values are of the value type
sessions.setMany([['a', 'text']])
// @ts-expect-error entries are pairs
sessions.setMany(['a'])
