// What is measured.
// Lives here: the list of workloads and when a peer can take part in one. When which is run belongs
// in ../plan.mjs, how it is timed in ../timing.mjs.
//
// A workload is an object with
//   name
//   needs               functions that the driver must have
//   needsLru, needsTtl  traits that the peer must have
//   start(driver, cell) sets up a cache of `cell.size` entries and resolves to
//     run(count)        does the work `count` times and returns how often the outcome was wrong;
//                       timed, and repeated as often as a round has time for
//     calls, prepare()  only where the work cannot be repeated: how often it is done in a round, and
//                       what makes it possible again; not timed
//     verify()          how much is wrong after a round; not timed
import * as bulk from './bulk.mjs'
import { getsByForm } from './forms.mjs'
import * as mixes from './mixes.mjs'
import * as point from './point.mjs'

const workloads = new Map(
  [point, mixes, bulk, getsByForm].flatMap((module) =>
    Object.values(module).map((workload) => [workload.name, workload]),
  ),
)

export const workloadNames = () => [...workloads.keys()]

export function workloadNamed(name) {
  const workload = workloads.get(name)
  if (workload === undefined) throw new Error(`there is no workload ${name}`)
  return workload
}

/** What the peer lacks for this cell, or undefined. */
export function lacking(driver, { workload: name, ttl, hooks }) {
  const { needs, needsLru, needsTtl } = workloadNamed(name)
  if (driver.floor) return name === 'get hit' && !hooks ? undefined : 'a cache'
  if ((ttl || needsTtl) && !driver.ttl) return 'ttl'
  if (needsLru && !driver.lru) return 'LRU eviction'
  if (hooks && !driver.hooks) return 'hooks'
  return needs.find((method) => driver[method] === undefined)
}
