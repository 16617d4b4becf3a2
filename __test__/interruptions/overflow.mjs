// Runs a call again and again with ever more stack left, so that it is cut off at every function
// entry that it has. What must hold afterwards is for the tests to say.

import { setImmediate as turn } from 'node:timers/promises'

// Arguments that nobody takes fill the stack. Unlike frames of a recursion they take the same room
// whether the code that passes them was compiled or not, and they go by words.
const fill = (words, call) => Reflect.apply(call, undefined, words)

// As many arguments as a call may have, with room to spare. Two such calls fill most of a stack.
const MOST = 45_000
const most = Array.from({ length: MOST })

const isOverflow = (error) => error instanceof RangeError && /call stack/.test(error.message)

function isCutOff(words, call) {
  try {
    fill(most, () => fill(most, () => fill(words, () => call())))
    return false
  } catch (error) {
    if (!isOverflow(error)) throw error
    return true
  }
}

/** How many words below which the call has room. */
function mostWords(call) {
  let low = 0
  let high = MOST
  while (low + 1 < high) {
    const middle = (low + high) >> 1
    if (isCutOff(Array.from({ length: middle }), call)) high = middle
    else low = middle
  }
  return low
}

// A frame of the test's own may take as much more or less, as compiled code or not.
const MARGIN = 30
// Successes in a row after which there is no interruption to come. What an asynchronous method is cut off in
// rejects, and looks like a success: it has that much to call.
const ENOUGH = 100
const ENOUGH_OF_ASYNC = 300

/**
 * Calls `attempt()` with ever more stack left: from too little to enter it up to more than enough, which
 * `rejects` says takes longer to see. `before` and `after` run with all of the stack. Returns how often it was
 * cut off.
 */
export function overflowEverywhere({ before, attempt, after, rejects = false }) {
  // To compile a function for the first time takes more stack than anything else.
  const first = before()
  attempt(first)
  after(first)
  const words = Array.from({ length: mostWords(() => {}) + MARGIN })
  const enough = rejects ? ENOUGH_OF_ASYNC : ENOUGH
  let interrupted = 0
  for (let succeeded = 0; succeeded < enough; words.length--) {
    const subject = before()
    const wasCut = isCutOff(words, () => attempt(subject))
    interrupted += Number(wasCut)
    succeeded = wasCut ? 0 : succeeded + 1
    after(subject)
  }
  if (interrupted < MARGIN + 10) throw new Error(`it was cut off ${interrupted} times only`)
  return interrupted
}

/**
 * The same for each of `methods`, called on `seen(subject)`, with `after(subject, method)`. `attempt` calls what it is
 * given.
 */
export async function overflowInEach(
  methods,
  { before, seen = (subject) => subject, attempt = (call) => call(), after },
) {
  let interrupted = 0
  for (const [method, call] of Object.entries(methods)) {
    interrupted += overflowEverywhere({
      before,
      attempt: (subject) => attempt(() => call(seen(subject))),
      after: (subject) => after(subject, method),
      rejects: /^(?:getOrSet|deleteAsync|flushHooks)/.test(method),
    })
    // What is native of the caches goes when the loop turns; else they fill the memory.
    await turn()
  }
  return interrupted
}
