// What is measured at which sizes, with which keys and options.
// Lives here: the cells of the benchmark, in the order in which they are run. A cell is one
// workload under one set of circumstances, done by all peers in turn.
import { getHit, getMiss, getOrSetHit, has } from './workloads/point.mjs'
import { setAndDelete, setUpdate, setWithEviction } from './workloads/point.mjs'
import { FORMED, getsByForm } from './workloads/forms.mjs'
import { readThrough, sessionMix } from './workloads/mixes.mjs'
import * as bulk from './workloads/bulk.mjs'

export const MEMORY_SIZE = 1_000_000
const HUGE = 10_000_000

const POINT = [getHit, getMiss, has, setUpdate, setWithEviction, setAndDelete]
const LISTS = [bulk.keys, bulk.values, bulk.entries]
const DELETIONS = [bulk.deleteByPrefix, bulk.deleteByMagicString]

function cell(workload, size, circumstances = {}) {
  const { keys = 'built', ttl = true, hooks = false, alone = false } = circumstances
  const floors = workload === getHit && ttl && !hooks && !alone
  return { workload: workload.name, size, keys, ttl, hooks, alone, floors }
}

const cells = (workloads, sizes, ...circumstances) =>
  sizes.flatMap((size) =>
    workloads.flatMap((workload) =>
      circumstances.map((circumstance) => cell(workload, size, circumstance)),
    ),
  )

const BUILT = { keys: 'built' }
const SAME = { keys: 'same' }
// These work on entries that were stored before: no key is made or passed.
const NO_KEY = { keys: '-' }

const pointAt = (size) => [
  ...cells(POINT, [size], BUILT, SAME),
  ...cells([sessionMix, readThrough], [size], BUILT),
]

/** What the documents show comes first: what there is no time for is left out from the end. */
export function fullPlan() {
  return [
    ...pointAt(10_000),
    ...cells([getOrSetHit], [10_000], BUILT, SAME),
    ...cells(getsByForm, [10_000], { keys: FORMED }),
    ...cells([getHit], [1000, 100_000, 1_000_000], BUILT, SAME),
    ...cells([...LISTS, ...DELETIONS, bulk.prune, bulk.clear], [100_000], NO_KEY),
    ...cells([bulk.fillUp], [100_000], BUILT),
    ...cells(LISTS, [10_000], NO_KEY),
    ...cells([getMiss, setUpdate, setWithEviction, sessionMix], [1_000_000], BUILT),
    ...cells([...POINT, readThrough], [10_000], { ...BUILT, ttl: false }),
    ...cells([getHit, setUpdate, sessionMix], [10_000], { ...BUILT, hooks: true }),
    ...cells([getMiss, setUpdate, setWithEviction, sessionMix], [1000, 100_000], BUILT),
    ...cells([getHit], [1000, 100_000, 1_000_000], { ...BUILT, ttl: false }),
    ...cells([getHit], [HUGE], { ...BUILT, alone: true }),
  ]
}

/** What the policy of eviction makes a difference to. */
export const evictionPlan = (sizes) =>
  cells([getHit, setUpdate, setWithEviction], sizes, SAME, BUILT)

/** Every workload and every circumstance once, small. */
export function quickPlan() {
  const size = 1000
  return [
    ...pointAt(size),
    ...cells([getOrSetHit], [size], BUILT, SAME),
    ...cells(getsByForm, [size], { keys: FORMED }),
    ...cells([getHit, setWithEviction], [size], { ttl: false }, { hooks: true }),
    ...cells([...LISTS, ...DELETIONS, bulk.prune, bulk.clear], [size], NO_KEY),
    ...cells([bulk.fillUp], [size], BUILT),
    ...cells([getHit], [size * 2], { alone: true }),
  ]
}

/** The part of a plan that was asked for; an empty list leaves all. */
export const chosen = (plan, { workloads, sizes }) =>
  plan.filter(
    ({ workload, size }) =>
      (workloads.length === 0 || workloads.some((word) => workload.includes(word))) &&
      (sizes.length === 0 || sizes.includes(size)),
  )

const KEYS = { built: 'key built per call', same: 'same key object' }

/** A cell in words; what is as usual goes without saying. */
export function labelOf({ workload, size, keys, ttl, hooks }) {
  return [
    workload,
    KEYS[keys],
    size.toLocaleString('en-US'),
    ttl ? undefined : 'no ttl',
    hooks ? 'hooks' : undefined,
  ]
    .filter(Boolean)
    .join(', ')
}
