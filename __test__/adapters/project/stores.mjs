// What the tests of several stores need: each kind of cache, and methods that take callbacks as promises.
// What must not live here: tests, and the setting up of a library.
import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'

let count = 0

/** By kind, a function that makes a new cache. */
export const kinds = {
  MemoryCache: (options) => new MemoryCache(options),
  SharedMemoryCache: (options) => {
    count += 1
    return new SharedMemoryCache({ name: `store ${count}`, ...options })
  },
}

/** The methods of `store` as functions that return promises. */
export function promised(store, ...names) {
  const method =
    (name) =>
    (...args) =>
      new Promise((resolve, reject) => {
        store[name](...args, (error, result) => (error ? reject(error) : resolve(result)))
      })
  return Object.fromEntries(names.map((name) => [name, method(name)]))
}
