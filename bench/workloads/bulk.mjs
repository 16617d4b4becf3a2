// Workloads of one call that deals with many entries.
// Lives here: these workloads. What a workload is, is described in index.mjs.
import { fill, keyAt, userKeys, valueAt } from '../keys.mjs'

const GROUPS = 100
const GROUPS_DELETED = 10

const group = (i) => `t${String(i % GROUPS).padStart(2, '0')}:`
const kind = (i) => (i % (2 * GROUPS) < GROUPS ? ':profile' : ':basket')

function filledAnew(driver, { size, options }, extra) {
  const space = userKeys(size, { keep: true })
  let cache
  return {
    space,
    cache: () => cache,
    prepare() {
      cache = driver.create({ maxSize: size, ...options, ...extra })
      fill(driver, cache, space)
    },
  }
}

function deletion(name, method, patternOf, share) {
  return {
    name,
    needs: [method],
    start(driver, { size, options }) {
      const users = userKeys(size)
      const space = {
        size,
        objects: Array.from({ length: size }, (_, i) =>
          [group(i), keyAt(users, i), kind(i)].join(''),
        ),
      }
      let cache
      return {
        calls: GROUPS_DELETED,
        prepare() {
          cache = driver.create({ maxSize: size, ...options, deletes: true })
          fill(driver, cache, space)
        },
        run(count) {
          let wrong = 0
          for (let i = 0; i < count; i++) {
            const deleted = driver[method](cache, patternOf(group(i)))
            if (deleted !== size / share) wrong++
          }
          return wrong
        },
      }
    },
  }
}

/** Each call deletes one group of a hundred. */
export const deleteByPrefix = deletion('deleteByPrefix', 'deleteByPrefix', (text) => text, GROUPS)

/** Each call deletes half of one group of a hundred. */
export const deleteByMagicString = deletion(
  'deleteByMagicString',
  'deleteByMagicString',
  (text) => `${text}*:profile`,
  2 * GROUPS,
)

function listing(name) {
  return {
    name: `${name}()`,
    needs: [name],
    start(driver, cell) {
      const list = driver[name]
      const { cache, prepare } = filledAnew(driver, cell)
      prepare()
      return {
        run(count) {
          let wrong = 0
          for (let i = 0; i < count; i++) if (list(cache()).length !== cell.size) wrong++
          return wrong
        },
      }
    },
  }
}

export const keys = listing('keys')
export const values = listing('values')
export const entries = listing('entries')

const EXPIRY_MS = 1

/** All entries have expired, and no timer has had its turn. */
export const prune = {
  name: 'prune of expired',
  needs: ['prune', 'keys'],
  needsTtl: true,
  start(driver, cell) {
    const { cache, prepare } = filledAnew(driver, cell, { ttl: EXPIRY_MS })
    return {
      calls: 1,
      prepare() {
        prepare()
        const expired = performance.now() + EXPIRY_MS + 2
        while (performance.now() < expired);
      },
      run() {
        driver.prune(cache())
        return 0
      },
      verify: () => driver.keys(cache()).length,
    }
  },
}

export const clear = {
  name: 'clear',
  needs: ['clear'],
  start(driver, cell) {
    const { cache, space, prepare } = filledAnew(driver, cell)
    return {
      calls: 1,
      prepare,
      run() {
        driver.clear(cache())
        return 0
      },
      verify: () => (driver.get(cache(), keyAt(space, 0)) === undefined ? 0 : 1),
    }
  },
}

/** Filling an empty cache: what a warm start costs, per entry. */
export const fillUp = {
  name: 'fill',
  needs: ['set'],
  start(driver, { size, options }) {
    const space = userKeys(size)
    let cache
    return {
      calls: size,
      prepare() {
        cache = driver.create({ maxSize: size, ...options })
      },
      run(count) {
        for (let i = 0; i < count; i++) driver.set(cache, keyAt(space, i), valueAt(i))
        return 0
      },
      verify: () => (driver.get(cache, keyAt(space, size - 1)) === valueAt(size - 1) ? 0 : 1),
    }
  },
}
