// Tags: what compiles and what does not. What must not live here: anything that has to run.

import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import type { CacheHooks, ExtendedCache, GetOrSetOptions, SetOptions } from 'native-memory-cache'
import type { Expect, Same } from './expect.mjs'
import type { Session } from './session.mjs'

const sessions = new MemoryCache<Session>()
const shared = new SharedMemoryCache<Session>({ name: 'sessions' })

declare const session: Session
declare const either: ExtendedCache<Session>

const fixed = ['user:ada', 'page'] as const
const options: SetOptions = { tags: fixed, ttl: 1_000 }

sessions.set('id', session, { tags: ['user:ada'] })
sessions.set('id', session, options)
shared.set('id', session, { tags: fixed, expiresAt: new Date() })
shared.setIfAbsent('id', session, options)
shared.replace('id', session, options)
shared.update('id', () => session, { tags: [] })

export const counts: number[] = [
  sessions.deleteByTag('user:ada'),
  sessions.deleteByTag(fixed),
  shared.deleteByTag(['a', 'b']),
  either.deleteByTag('a'),
]

export const fetching: GetOrSetOptions<Session>[] = [
  { tags: fixed },
  { tags: (value, key) => [value.userId, key] },
]

const info = shared.info('id')
export type TagsAreStrings = Expect<Same<NonNullable<typeof info>['tags'], string[]>>

export const hooks: CacheHooks<Session> = {
  onDelete: ({ source }) => void (source === 'deleteByTag'),
}

// @ts-expect-error one tag is an array, too
sessions.set('id', session, { tags: 'user:ada' })
// @ts-expect-error tags are strings
shared.set('id', session, { tags: [1] })
// @ts-expect-error tags are strings
sessions.deleteByTag(7)
// @ts-expect-error which tags?
shared.deleteByTag()
// @ts-expect-error a number is no list of tags
void sessions.getOrSet('id', () => session, { tags: () => 7 })
