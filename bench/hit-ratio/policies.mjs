// Who is compared. A policy is a function of the cache's size in entries, the number of keys and the whole trace, which
// returns the cache as a function: it takes a key below that number, keeps it and says whether it had it.
// Lives here: their names. What they are belongs in a file of each.
import { createLruCache, createMemoryCache } from './caches.mjs'
import { createLru } from './lru.mjs'
import { createOptimum } from './optimum.mjs'
import { CHOSEN, PAPER, s3Fifo } from './s3-fifo.mjs'
import { createSieve } from './sieve.mjs'
import { VARIANTS } from './variants.mjs'
import { createWTinyLfu } from './w-tinylfu.mjs'

export const OUR_LRU = 'lru'
export const OUR_S3_FIFO = 's3-fifo'
export const LRU_CACHE = 'lru-cache'
export const SIEVE = 'SIEVE'
export const W_TINY_LFU = 'W-TinyLFU'
export const OPTIMUM = 'optimum'
/** What checks the real caches. */
export const LRU_SIMULATED = 'lru, simulated'
export const S3_FIFO_SIMULATED = 's3-fifo, simulated'
export const S3_FIFO_OF_PAPER = "S3-FIFO, the paper's"

const POLICIES = {
  [OUR_LRU]: createMemoryCache('lru'),
  [OUR_S3_FIFO]: s3Fifo(CHOSEN),
  [LRU_CACHE]: createLruCache,
  [SIEVE]: createSieve,
  [S3_FIFO_OF_PAPER]: s3Fifo(PAPER),
  [W_TINY_LFU]: createWTinyLfu,
  [OPTIMUM]: createOptimum,
  [LRU_SIMULATED]: createLru,
  [S3_FIFO_SIMULATED]: s3Fifo(CHOSEN),
}

export const POLICY_NAMES = Object.keys(POLICIES)
export const VARIANT_NAMES = Object.keys(VARIANTS)

export const policyNamed = (name) => POLICIES[name] ?? s3Fifo(VARIANTS[name])
