// Our types against those of the package we replace: code written for one compiles with the other.
// What must not live here: uses of the types that the published package does not know.

import type * as published from '@humanspeak/memory-cache'
import type * as ours from 'native-memory-cache'
import type { Expect, Interchangeable, Same, SameMembers } from './expect.mjs'
import type { Session, User } from './session.mjs'

export type EveryPublishedValueIsExported = Expect<
  Same<Exclude<keyof typeof published, keyof typeof ours>, never>
>

export type TheContextsAreTheSame = [
  Expect<Same<published.OnHitContext<Session>, ours.OnHitContext<Session>>>,
  Expect<Same<published.OnMissContext, ours.OnMissContext>>,
  Expect<Same<published.OnSetContext<Session>, ours.OnSetContext<Session>>>,
  Expect<Same<published.OnEvictContext<Session>, ours.OnEvictContext<Session>>>,
  Expect<Same<published.OnExpireContext<Session>, ours.OnExpireContext<Session>>>,
  // There is one more way to delete.
  Expect<
    Same<
      Omit<published.OnDeleteContext<Session>, 'source'>,
      Omit<ours.OnDeleteContext<Session>, 'source'>
    >
  >,
  Expect<
    Same<
      Exclude<ours.OnDeleteContext<Session>['source'], 'deleteByTag'>,
      published.OnDeleteContext<Session>['source']
    >
  >,
]

export type TheHooksAreTheSame = [
  Expect<SameMembers<published.CacheHooks<Session>, ours.CacheHooks<Session>, 'onDelete'>>,
  Expect<Interchangeable<published.CacheHooks<Session>, ours.CacheHooks<Session>>>,
]

export type TheOptionsAreTheSame = [
  Expect<SameMembers<published.CacheOptions<Session>, ours.CacheOptions<Session>, 'hooks'>>,
  Expect<Interchangeable<published.CacheOptions<Session>, ours.CacheOptions<Session>>>,
  Expect<Interchangeable<published.CacheOptions, ours.CacheOptions>>,
]

export type TheDecoratorOptionsAreTheSame = [
  Expect<
    SameMembers<
      published.CachedDecoratorOptions<Session>,
      ours.CachedDecoratorOptions<Session>,
      'hooks'
    >
  >,
  Expect<
    Interchangeable<published.CachedDecoratorOptions<Session>, ours.CachedDecoratorOptions<Session>>
  >,
  Expect<Interchangeable<published.CachedDecoratorOptions, ours.CachedDecoratorOptions>>,
]

export type TheStatisticsAreTheSame = [
  Expect<SameMembers<published.CacheStats, ours.CacheStats>>,
  Expect<Interchangeable<published.CacheStats, ours.CacheStats>>,
]

export type TheCacheHasTheSamePublicMembers = [
  Expect<
    SameMembers<published.MemoryCache<Session>, ours.MemoryCache<Session>, 'set' | 'getOrSet'>
  >,
  Expect<
    SameMembers<published.MemoryCache<unknown>, ours.MemoryCache<unknown>, 'set' | 'getOrSet'>
  >,
  Expect<
    SameMembers<
      published.MemoryCache<string | null>,
      ours.MemoryCache<string | null>,
      'set' | 'getOrSet'
    >
  >,
  // They take options beside the published arguments.
  Expect<
    Interchangeable<
      published.MemoryCache<Session>['set'],
      (...args: [key: string, value: Session]) => ReturnType<ours.MemoryCache<Session>['set']>
    >
  >,
  Expect<
    ours.MemoryCache<Session>['set'] extends published.MemoryCache<Session>['set'] ? true : false
  >,
  Expect<
    ours.MemoryCache<Session>['getOrSet'] extends published.MemoryCache<Session>['getOrSet']
      ? true
      : false
  >,
  Expect<
    Interchangeable<
      ConstructorParameters<typeof published.MemoryCache<Session>>,
      ConstructorParameters<typeof ours.MemoryCache<Session>>
    >
  >,
]

export type TheCommonInterfaceIsThePublishedClass = Expect<
  Same<keyof ours.Cache<Session>, keyof published.MemoryCache<Session>>
>

export type TheErrorIsTheSame = [
  Expect<SameMembers<published.CacheConfigError, ours.CacheConfigError>>,
  Expect<Interchangeable<published.CacheConfigError, ours.CacheConfigError>>,
  Expect<
    Same<
      ConstructorParameters<typeof published.CacheConfigError>,
      ConstructorParameters<typeof ours.CacheConfigError>
    >
  >,
]

export type TheDecoratorServesWhoeverReadsItsSignature = [
  Expect<
    Same<
      Parameters<ReturnType<typeof published.cached>>,
      Parameters<ReturnType<typeof ours.cached>>
    >
  >,
  Expect<
    Same<
      ReturnType<ReturnType<typeof published.cached>>,
      ReturnType<ReturnType<typeof ours.cached>>
    >
  >,
  Expect<
    Interchangeable<Parameters<typeof published.cached<User>>, Parameters<typeof ours.cached<User>>>
  >,
]

declare const ourCached: typeof ours.cached
declare const publishedCache: published.MemoryCache<Session>

/** Our decorator factory where the published one is asked for. */
export const asPublished: typeof published.cached = ourCached

/** A published cache where one of ours is asked for, as while a program moves from one to the other. */
export const asOurs: ours.Cache<Session> = publishedCache

declare const stats: ours.CacheStats
declare const contexts: [
  ours.OnHitContext<Session>,
  ours.OnMissContext,
  ours.OnSetContext<Session>,
  ours.OnEvictContext<Session>,
  ours.OnExpireContext<Session>,
  ours.OnDeleteContext<Session>,
]

/** What a logger takes: fits a type alias, would not fit an interface. */
export const logged: Record<string, unknown>[] = [stats, ...contexts]
