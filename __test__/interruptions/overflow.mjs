// Runs a call again and again with ever more stack left, so that it is cut off at every function
// entry that it has. What must hold afterwards is for the tests to say.

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

// More than whatever a call needs in JavaScript.
const TOO_MANY = 350
// Successes in a row after which there is no interruption to come.
const ENOUGH = 100

/**
 * Calls `attempt()` with ever more stack left: from too little to enter it up to more than enough.
 * `before` and `after` run with all of the stack. Returns how often it was cut off.
 */
export function overflowEverywhere({ before, attempt, after }) {
  const words = Array.from({ length: mostWords(() => attempt(before())) + TOO_MANY })
  let interrupted = 0
  for (let succeeded = 0; succeeded < ENOUGH; words.length--) {
    const subject = before()
    const wasCut = isCutOff(words, () => attempt(subject))
    interrupted += Number(wasCut)
    succeeded = wasCut ? 0 : succeeded + 1
    after(subject)
  }
  if (interrupted < 10) throw new Error(`it was cut off ${interrupted} times only`)
  return interrupted
}
