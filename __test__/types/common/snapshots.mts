// Snapshots of both kinds of caches as programs use them.

import { MemoryCache, SharedMemoryCache, SnapshotError } from 'native-memory-cache'
import type {
  DumpedEntry,
  RestoreOptions,
  SaveOptions,
  SharedSnapshotOptions,
  SnapshotErrorCode,
  SnapshotOptions,
  SnapshotProgress,
} from 'native-memory-cache'
import type { Expect, Same } from './expect.mjs'
import type { Session } from './session.mjs'

declare const session: Session
declare const cache: MemoryCache<Session>
declare const store: SharedMemoryCache<Session>
declare const error: SnapshotError
declare const url: { href: string; protocol: string }

const dumped = [...cache.dump()]
const saved = cache.save('file')
const savedStore = store.save(url, {
  onProgress: ({ entries, total, bytes }) => entries + total + bytes,
})
const restored = cache.restore('file', { codec: 'json', onCorrupt: 'keep-valid' })

export type WhatSnapshotsReturn = [
  Expect<Same<typeof dumped, DumpedEntry<Session>[]>>,
  Expect<Same<typeof saved, Promise<{ entries: number; bytes: number }>>>,
  Expect<Same<typeof savedStore, Promise<{ entries: number; bytes: number }>>>,
  Expect<Same<typeof restored, Promise<{ entries: number }>>>,
  Expect<Same<typeof error.code, SnapshotErrorCode>>,
  Expect<Same<typeof error.path, string | undefined>>,
]

/** Options as programs write them down. */
export const options = [
  {} satisfies SaveOptions,
  { onCorrupt: 'throw' } satisfies RestoreOptions,
  { path: url, interval: 1, onExit: false } satisfies SharedSnapshotOptions,
  { path: 'file', codec: 'json' } satisfies SnapshotOptions<Session>,
]
export const progress: SnapshotProgress = { entries: 1, total: 2, bytes: 3 }
export const caches = [
  new MemoryCache<Session>({
    snapshot: { path: 'file', codec: { encode: ({ userId }) => userId, decode: () => session } },
  }),
  new SharedMemoryCache<Session>({ name: 'sessions', snapshot: { path: 'file' } }),
]
export const raised: Error = new SnapshotError('what was wrong', {
  code: 'ERR_SNAPSHOT_DAMAGED',
  path: 'file',
  cause: error,
})

store.load(cache.dump())
cache.load(new Map([['id', { value: session, expiresAt: new Date(), tags: ['a'] as const }]]))
cache.load([['id', { value: session }]])
// @ts-expect-error -- a value is needed
cache.load([['id', {}]])
// @ts-expect-error -- the store has a codec of its own
store.save('file', { codec: 'json' })
// @ts-expect-error -- a file is needed
cache.restore()
// @ts-expect-error -- there is no such code
export const code: SnapshotErrorCode = 'TRUNCATED'
// @ts-expect-error -- a view is no whole cache
cache.withNamespace('a:').dump()
