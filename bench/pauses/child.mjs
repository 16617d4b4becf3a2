// A process that takes one measurement of pauses and tells its outcome.
// Lives here: which there are. What they are belongs in calls.mjs, stalls.mjs and loop.mjs.
import { answer } from '../cell-process.mjs'
import { measureCalls } from './calls.mjs'
import { measureLoop } from './loop.mjs'
import { measureStall } from './stalls.mjs'

await answer({ calls: measureCalls, stall: measureStall, loop: measureLoop })
