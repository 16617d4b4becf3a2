// A process that takes one measurement of the extended methods and tells its outcome.
// Lives here: which there are. What they are belongs in points.mjs, lifetimes.mjs and walks.mjs.
import { answer } from '../cell-process.mjs'
import { measureLifetimes } from './lifetimes.mjs'
import { measurePoint } from './points.mjs'
import { measureWalk } from './walks.mjs'

await answer({ point: measurePoint, lifetimes: measureLifetimes, walk: measureWalk })
