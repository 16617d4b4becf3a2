// A process that takes one measurement of pauses and tells its outcome.
// Lives here: this process. What the measurements are belongs in calls.mjs, stalls.mjs and loop.mjs.
import { measureCalls } from './calls.mjs'
import { measureLoop } from './loop.mjs'
import { measureStall } from './stalls.mjs'

const MEASURES = { calls: measureCalls, stall: measureStall, loop: measureLoop }

const { kind, ...cell } = JSON.parse(process.argv[2])
try {
  process.send({ result: await MEASURES[kind](cell) })
} catch (error) {
  process.send({ error: error.message })
}
process.on('disconnect', () => process.exit())
