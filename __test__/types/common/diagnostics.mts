// Messages of the diagnostics channels: what compiles and what does not. What must not live here: anything that has
// to run.

import { SharedMemoryCache, type MemoryCache } from 'native-memory-cache'
import type {
  CacheDeleteMessage,
  CacheEvictMessage,
  CacheExpireMessage,
  CacheFetchMessage,
  CacheGetMessage,
  CacheMessage,
  CacheSetMessage,
} from 'native-memory-cache'
import type { Expect, Same } from './expect.mjs'

export function listen(message: unknown): void {
  const told = message as CacheGetMessage
  if (!told.hit) told.reason satisfies 'not_found' | 'expired'
  // @ts-expect-error a hit has no reason
  else void told.reason
}

declare const message: CacheMessage
if (message.cache instanceof SharedMemoryCache) message.cache.name satisfies string
// @ts-expect-error only a shared cache has a name
void message.cache.name
// @ts-expect-error whose value it is nobody knows
message.value satisfies string
// @ts-expect-error it is as the hook was told
message.value = 7

declare const cache: MemoryCache<string>
declare const shared: SharedMemoryCache<{ id: string }>
declare const fetched: CacheFetchMessage
export const isMine: boolean[] = [
  message.cache === cache,
  message.cache === shared,
  fetched.cache === shared,
]

export const anyOf = (
  told: CacheSetMessage | CacheEvictMessage | CacheExpireMessage | CacheDeleteMessage,
): CacheMessage => told

export type UpdatesAreTold = Expect<Same<CacheSetMessage['isUpdate'], boolean>>
export type ExpiryHasASource = Expect<Same<CacheExpireMessage['source'], 'get' | 'has' | 'prune'>>

fetched.key satisfies string
// @ts-expect-error what a fetcher returns nobody knows
fetched.result satisfies string
