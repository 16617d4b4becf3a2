// The longest of many calls, and the longest gap that the machine alone makes in as long a time.
// Lives here: these two. Which calls are timed belongs in calls.mjs, stalls.mjs and loop.mjs.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { quantile } from '../statistics.mjs'

const RARE = 0.9999

/** The longest gap, in ms, between two readings of the clock by a thread that does nothing else. */
export function idleGap(ms) {
  const started = performance.now()
  let last = started
  let longest = 0
  while (last - started < ms) {
    const now = performance.now()
    if (now - last > longest) longest = now - last
    last = now
  }
  return longest
}

/** Calls `call(i)` at most `most` times, for at most `limitMs`; milliseconds. */
export function timeCalls(call, most, limitMs) {
  const times = new Float64Array(most)
  const started = performance.now()
  let count = 0
  let last = started
  while (count < most && last - started < limitMs) {
    const before = performance.now()
    call(count)
    last = performance.now()
    times[count++] = last - before
  }
  const control = idleGap(last - started)
  const taken = times.subarray(0, count)
  // Of fewer calls it would be the longest one again.
  const rare = count * (1 - RARE) < 1 ? undefined : quantile(taken, RARE)
  return { longest: taken.reduce((a, b) => Math.max(a, b)), rare, control, calls: count }
}

/** The longest turn of the event loop within `ms`. */
export async function longestTurn(ms) {
  const started = performance.now()
  let last = started
  let longest = 0
  while (last - started < ms) {
    await nextTurn()
    const now = performance.now()
    if (now - last > longest) longest = now - last
    last = now
  }
  return longest
}
