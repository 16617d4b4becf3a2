// Workloads as programs have them: several operations, uneven popularity, ids that come and go.
// Lives here: these workloads. What a workload is, is described in index.mjs.
import { fill, keyAt, sessionKeys, userKeys, valueAt } from '../keys.mjs'
import { raw32, uniform, zipf } from '../random.mjs'

// Of 128 requests: logins, logouts, cookies that nobody issued; the others read their session.
const LOGINS = 6
const LOGOUTS = 3
const FORGERIES = 3

/** A session store at its limit: each login evicts a session, unless a logout has made room. */
export const sessionMix = {
  name: 'session mix',
  needs: ['get', 'set', 'delete'],
  needsLru: true,
  start(driver, { size, options }) {
    const { get, set, delete: remove } = driver
    const sessions = sessionKeys(size * 3)
    const forged = sessionKeys(size, { unknown: true })
    const cache = driver.create({ maxSize: size, ...options, deletes: true })
    fill(driver, cache, sessions, size)

    const draws = raw32()
    const mask = draws.length - 1
    const scale = size / 2 ** 25
    let position = 0
    // The next login's session; `sessions` is used as a ring.
    let next = size
    const issued = (age) => {
      const place = next - 1 - age
      return keyAt(sessions, place < 0 ? place + sessions.size : place)
    }

    return {
      run(count) {
        let wrong = 0
        let reads = 0
        let misses = 0
        for (let i = 0; i < count; i++) {
          const draw = draws[position++ & mask]
          const request = draw & 127
          const picked = ((draw >>> 7) * scale) | 0
          if (request < LOGINS) {
            const { userId, permissions, createdAt } = valueAt(picked)
            set(cache, keyAt(sessions, next), { userId, permissions, createdAt })
            next = next + 1 === sessions.size ? 0 : next + 1
          } else if (request < LOGINS + LOGOUTS) {
            remove(cache, issued(picked))
          } else if (request < LOGINS + LOGOUTS + FORGERIES) {
            if (get(cache, keyAt(forged, picked)) !== undefined) wrong++
          } else {
            reads++
            if (get(cache, issued(picked)) === undefined) misses++
          }
        }
        // Those that logged out or were evicted: a part, by far not most.
        return wrong + (misses > reads / 2 + 16 ? misses : 0)
      },
    }
  },
}

/** A cache of half the keys that there are, asked by Zipf's law; what is missing is stored. */
export const readThrough = {
  name: 'zipf read-through 90/10',
  needs: ['get', 'set'],
  needsLru: true,
  start(driver, { size, options, same }) {
    const { get, set } = driver
    const space = userKeys(size * 2, { keep: same })
    const cache = driver.create({ maxSize: size, ...options })
    const keys = zipf(space.size)
    const kinds = uniform(10)
    for (const i of keys) set(cache, keyAt(space, i), valueAt(i))

    const keyMask = keys.length - 1
    const kindMask = kinds.length - 1
    let position = 0
    return {
      run(count) {
        let misses = 0
        for (let i = 0; i < count; i++, position++) {
          const picked = keys[position & keyMask]
          const key = keyAt(space, picked)
          if (kinds[position & kindMask] === 0) set(cache, key, valueAt(picked))
          else if (get(cache, key) === undefined) {
            set(cache, key, valueAt(picked))
            misses++
          }
        }
        return misses > count / 2 + 16 ? misses : 0
      },
    }
  },
}
