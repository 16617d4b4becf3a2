// This package's shared store. The form of a driver is described in index.mjs.
import { SharedMemoryCache } from '../../index.mjs'
import { memoryCacheDriver } from './memory-cache.mjs'

let stores = 0

export default {
  ...memoryCacheDriver(SharedMemoryCache),
  // It evicts by shard, once one of them is full: its evictions begin early and are not compared.
  lru: false,
  hooks: false,
  copies: true,
  // Twice the room, for the limit is divided over the shards, which are never equally full.
  create: ({ maxSize, ttl }) =>
    new SharedMemoryCache({ name: `bench: ${stores++}`, maxSize: maxSize * 2, ttl }),
  // The expiry thread is there before.
  prune: undefined,
}
