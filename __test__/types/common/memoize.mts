// `memoize` as a program uses it: the function keeps its type. What must not live here: the decorator.

import { MemoryCache, SharedMemoryCache, cached, memoize } from 'native-memory-cache'
import type { CacheView, MemoizeOptions, Memoized, SharedCacheView } from 'native-memory-cache'
import type { Expect, Same } from './expect.mjs'
import type { User } from './session.mjs'

declare function findUser(this: Date, id: string, deep?: boolean): Promise<User>
declare function area(width: number, height: number): number
declare function first<T>(of: readonly T[]): T | undefined

const memory = new MemoryCache<unknown>()
const shared = new SharedMemoryCache<unknown>({ name: 'users' })

const found = memoize(findUser, {
  ttl: (user) => user.name.length,
  timeout: 1000,
  shouldCache: (user, key) => user.name !== key,
  keyGenerator: ([id, deep]) => `${id}${deep}`,
})
const measured = memoize(area, { ttl: 1000, staleWhileRevalidate: 1000, maxSize: 10 })
const inMemory = memoize(area, { cache: memory })
const inShared = memoize(findUser, { cache: shared })
const becomesAsync = memoize(area, { cache: shared, ttl: (size) => size })
const generic = memoize(first)
const inView = memoize(area, { cache: memory.withNamespace('areas:') })
const inSharedView = memoize(area, { cache: shared.withNamespace('areas:') })

declare const either: MemoryCache<unknown> | SharedMemoryCache<unknown>
declare const someOptions: MemoizeOptions<User, Parameters<typeof findUser>>
declare const areaOptions: MemoizeOptions<number, [width: number, height: number]>
const inEither = memoize(findUser, { cache: either })
const areaInEither = memoize(area, { cache: either, ttl: (size, key) => size * key.length })
const withOptions = memoize(findUser, someOptions)
const areaWithOptions = memoize(area, areaOptions)
const withProperties = memoize(Object.assign(area, { unit: 'm' }))

export type TheFunctionKeepsItsType = [
  Expect<Same<typeof found, Memoized<typeof findUser>>>,
  Expect<Same<(typeof found)['cache'], MemoryCache<User>>>,
  Expect<Same<Parameters<(typeof found)['delete']>, Parameters<typeof findUser>>>,
  Expect<Same<ReturnType<(typeof found)['delete']>, boolean>>,
  Expect<Same<ReturnType<typeof measured>, number>>,
  Expect<Same<(typeof inMemory)['cache'], MemoryCache<unknown>>>,
  Expect<Same<ReturnType<typeof inMemory>, number>>,
  Expect<Same<ReturnType<typeof inShared>, Promise<User>>>,
  Expect<Same<ThisParameterType<typeof inShared>, Date>>,
  Expect<Same<(typeof inShared)['cache'], SharedMemoryCache<unknown>>>,
  Expect<Same<ReturnType<typeof becomesAsync>, Promise<number>>>,
  Expect<Same<(typeof inView)['cache'], CacheView<unknown>>>,
  Expect<Same<ReturnType<typeof inView>, number>>,
  Expect<Same<(typeof inSharedView)['cache'], SharedCacheView<unknown>>>,
  Expect<Same<ReturnType<typeof inSharedView>, Promise<number>>>,
]

export type WhereResultsGoMayBeOpen = [
  Expect<Same<(typeof inEither)['cache'], MemoryCache<unknown> | SharedMemoryCache<unknown>>>,
  Expect<Same<ReturnType<typeof inEither>, Promise<User>>>,
  Expect<Same<ReturnType<typeof areaInEither>, number | Promise<number>>>,
  Expect<Same<Parameters<typeof areaInEither>, [width: number, height: number]>>,
  Expect<Same<ReturnType<typeof withOptions>, Promise<User>>>,
  Expect<Same<ThisParameterType<typeof withOptions>, Date>>,
  Expect<Same<ReturnType<typeof areaWithOptions>, number | Promise<number>>>,
]

export const unit: string = withProperties.unit
cached<User>({ cache: either, ttl: (user) => user.name.length })
cached<User>({ cache: memory.withNamespace('users:') })
withOptions.cache.delete('key')

export const text: string | undefined = generic(['a'])
export const options: MemoizeOptions<User, [id: string]> = { keyGenerator: ([id]) => id }
export const plain: (width: number, height: number) => number = measured
inMemory.delete(1, 2)

// @ts-expect-error the arguments are those of the function
measured('1', 2)
// @ts-expect-error the arguments are those of the function
measured.delete('1')
// @ts-expect-error the cache stays
measured.cache = memory
// @ts-expect-error a function is needed
memoize('area')
// @ts-expect-error a duration is a number of milliseconds
memoize(area, { timeout: '1s' })
// @ts-expect-error a Map is no cache
memoize(area, { cache: new Map() })
// @ts-expect-error an option that does not exist
memoize(area, { maxAge: 1000 })
// @ts-expect-error options for another function
memoize(findUser, areaOptions)
// @ts-expect-error it is open whether there are promises
areaWithOptions(1, 2).toFixed()
