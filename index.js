// The entry for `require`: names what lib/ makes public.
// What must not live here: logic, or an export in a form that cjs-module-lexer cannot read, for
// named imports of this file depend on it.

'use strict'

const { CacheConfigError, SnapshotError } = require('./lib/common/errors.js')
const { MemoryCache } = require('./lib/memory-cache/memory-cache.js')
const { cached } = require('./lib/memoization/cached.js')
const { memoize } = require('./lib/memoization/memoize.js')
const { SharedMemoryCache } = require('./lib/shared-memory-cache/shared-memory-cache.js')

module.exports = {
  CacheConfigError,
  MemoryCache,
  SharedMemoryCache,
  SnapshotError,
  cached,
  memoize,
}
