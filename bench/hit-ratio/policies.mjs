// Who is compared. A policy is a function of the cache's size in entries, the number of keys and the whole trace, which
// returns the cache as a function: it takes a key below that number, keeps it and says whether it had it.
// Lives here: which there are. What they are belongs in a file of each, what they are called in names.mjs.
import { createLruCache, createMemoryCache } from './caches.mjs'
import { createLru } from './lru.mjs'
import {
  LRU_CACHE,
  LRU_SIMULATED,
  OPTIMUM,
  OUR_LRU,
  OUR_S3_FIFO,
  S3_FIFO_OF_PAPER,
  S3_FIFO_SIMULATED,
  SIEVE,
  W_TINY_LFU,
} from './names.mjs'
import { createOptimum } from './optimum.mjs'
import { CHOSEN, PAPER, s3Fifo } from './s3-fifo.mjs'
import { createSieve } from './sieve.mjs'
import { VARIANTS } from './variants.mjs'
import { createWTinyLfu } from './w-tinylfu.mjs'

const POLICIES = {
  [OUR_LRU]: createMemoryCache('lru'),
  [OUR_S3_FIFO]: createMemoryCache('s3-fifo'),
  [LRU_CACHE]: createLruCache,
  [SIEVE]: createSieve,
  [S3_FIFO_OF_PAPER]: s3Fifo(PAPER),
  [W_TINY_LFU]: createWTinyLfu,
  [OPTIMUM]: createOptimum,
  [LRU_SIMULATED]: createLru,
  [S3_FIFO_SIMULATED]: s3Fifo(CHOSEN),
}

export const POLICY_NAMES = Object.keys(POLICIES)

export const policyNamed = (name) => POLICIES[name] ?? s3Fifo(VARIANTS[name])
