// Workloads of one operation on one key at a time, in random order.
// Lives here: these workloads. What a workload is, is described in index.mjs.
import { fill, keyAt, userKeys, valueAt } from '../keys.mjs'
import { uniform } from '../random.mjs'

/** How many unknown keys are asked for: as objects they are to cost no more memory than others. */
const UNKNOWN = 2 ** 16

function filled(driver, { size, same, options }, extra = {}) {
  const space = userKeys(size, { keep: same })
  const cache = driver.create({ maxSize: size, ...options, ...extra })
  fill(driver, cache, space)
  return { cache, space }
}

/** Walks endlessly through numbers drawn before; each run goes on where the last one stopped. */
function walk(draws, operate) {
  const mask = draws.length - 1
  let position = 0
  return (count) => {
    let wrong = 0
    for (let i = 0; i < count; i++) if (!operate(draws[(position + i) & mask])) wrong++
    position = (position + count) & mask
    return wrong
  }
}

export const getHit = {
  name: 'get hit',
  needs: ['get'],
  start(driver, cell) {
    const { get } = driver
    const { cache, space } = filled(driver, cell)
    return { run: walk(uniform(cell.size), (i) => get(cache, keyAt(space, i)) !== undefined) }
  },
}

export const getMiss = {
  name: 'get miss',
  needs: ['get'],
  start(driver, cell) {
    const { get } = driver
    const { cache } = filled(driver, cell)
    const size = cell.same ? Math.min(cell.size, UNKNOWN) : cell.size
    const space = userKeys(size, { keep: cell.same, unknown: true })
    return { run: walk(uniform(size), (i) => get(cache, keyAt(space, i)) === undefined) }
  },
}

export const has = {
  name: 'has',
  needs: ['has'],
  start(driver, cell) {
    const { has: contains } = driver
    const { cache, space } = filled(driver, cell)
    return { run: walk(uniform(cell.size), (i) => contains(cache, keyAt(space, i))) }
  },
}

export const setUpdate = {
  name: 'set update',
  needs: ['set'],
  start(driver, cell) {
    const { set } = driver
    const { cache, space } = filled(driver, cell)
    let turn = 0
    return {
      run: walk(uniform(cell.size), (i) => {
        set(cache, keyAt(space, i), valueAt(i + turn++))
        return true
      }),
    }
  },
}

export const setWithEviction = {
  name: 'set with eviction',
  needs: ['set'],
  needsLru: true,
  start(driver, cell) {
    const { set } = driver
    const { size, same, options } = cell
    // By the time a key comes again, a peer that holds two generations has forgotten it too.
    const space = userKeys(size * 3, { keep: same })
    const cache = driver.create({ maxSize: size, ...options })
    fill(driver, cache, space, size)
    let next = size
    return {
      run(count) {
        for (let i = 0; i < count; i++) {
          set(cache, keyAt(space, next), valueAt(next))
          next = next + 1 === space.size ? 0 : next + 1
        }
        return 0
      },
    }
  },
}

export const setAndDelete = {
  name: 'set + delete',
  needs: ['set', 'delete'],
  start(driver, cell) {
    const { set, delete: remove } = driver
    const { options } = cell
    const space = userKeys(cell.size, { keep: cell.same })
    const cache = driver.create({ maxSize: cell.size + 1, ...options, deletes: true })
    fill(driver, cache, space)
    const added = userKeys(Math.min(cell.size, UNKNOWN), { keep: cell.same, unknown: true })
    return {
      run: walk(uniform(added.size), (i) => {
        set(cache, keyAt(added, i), valueAt(i))
        remove(cache, keyAt(added, i))
        return true
      }),
    }
  },
}

export const getOrSetHit = {
  name: 'getOrSet hit',
  needs: ['getOrSet'],
  start(driver, cell) {
    const { getOrSet } = driver
    let fetched = 0
    const fetcher = () => {
      fetched++
    }
    const { cache, space } = filled(driver, cell, { fetcher })
    const draws = uniform(cell.size)
    const mask = draws.length - 1
    let position = 0
    return {
      async run(count) {
        for (let i = 0; i < count; i++) {
          await getOrSet(cache, keyAt(space, draws[(position + i) & mask]), fetcher)
        }
        position = (position + count) & mask
        return fetched
      },
    }
  },
}
