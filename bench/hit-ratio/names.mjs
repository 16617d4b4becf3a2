// What those that are compared are called in results, tables and plots. Nothing else belongs here: tables are written
// where no peer is installed.

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
