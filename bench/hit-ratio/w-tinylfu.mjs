// W-TinyLFU with a window that adapts, as a simulator: Einziger, Friedman and Manes, "TinyLFU" (ACM TOS 2017), Einziger,
// Eytan, Friedman and Manes, "Adaptive Software Cache Management" (Middleware 2018), with Caffeine's constants.
// Lives here: window, main queue in two segments, admission, hill climbing. The sketch belongs in frequencies.mjs.
import { randomNumbers } from '../random.mjs'
import { createFrequencies } from './frequencies.mjs'
import { createQueues } from './queues.mjs'

const WINDOW = 0
const PROBATION = 1
const PROTECTED = 2
const ABSENT = 3

const FIRST_WINDOW = 0.01
const PROTECTED_SHARE = 0.8
/** Of candidates no more frequent than the victim one in so many is admitted, if it is frequent enough. */
const LUCKY_OF = 128
const LUCKY_FROM = 6
/** Requests between two steps and the length of a first step, for each entry of the cache. */
const PERIOD = 10
const STEP = 0.0625
const DECAY = 0.98
/** The change of the hit ratio from which on steps become long again. */
const RESTART = 0.05

/** By how much the window is to grow or shrink after each period: on while it pays, else back, and less and less. */
function createClimber(size) {
  const longest = STEP * size
  let step = longest
  let last = Number.NaN

  return (hitRatio) => {
    const change = Number.isNaN(last) ? 0 : hitRatio - last
    const amount = change >= 0 ? step : -step
    step = Math.abs(change) >= RESTART ? Math.sign(amount) * longest : amount * DECAY
    last = hitRatio
    return amount
  }
}

export function createWTinyLfu(size, keys) {
  const queues = createQueues(keys, 3)
  const { lengths, places } = queues
  const frequencies = createFrequencies(size)
  const climb = createClimber(size)
  const random = randomNumbers()
  const period = size * PERIOD
  let windowSize = Math.max(1, Math.floor(size * FIRST_WINDOW))
  let protectedSize = Math.floor((size - windowSize) * PROTECTED_SHARE)
  let owed = 0
  let requests = 0
  let hits = 0

  function demote() {
    while (lengths[PROTECTED] > protectedSize) queues.move(queues.oldest(PROTECTED), PROBATION)
  }

  function admits(candidate, victim) {
    const frequency = frequencies.of(candidate)
    if (frequency > frequencies.of(victim)) return true
    return frequency >= LUCKY_FROM && random() % LUCKY_OF === 0
  }

  /** What leaves the window takes the place of the main queue's next victim, or goes. */
  function admit() {
    while (lengths[WINDOW] > windowSize) {
      const candidate = queues.oldest(WINDOW)
      if (lengths[WINDOW] + lengths[PROBATION] + lengths[PROTECTED] > size) {
        const victim = queues.oldest(lengths[PROBATION] > 0 ? PROBATION : PROTECTED)
        if (victim < 0 || !admits(candidate, victim)) {
          queues.remove(candidate)
          continue
        }
        queues.remove(victim)
      }
      queues.move(candidate, PROBATION)
    }
  }

  function adapt() {
    owed += climb(hits / requests)
    const wanted = Math.trunc(owed)
    owed -= wanted
    const change = Math.max(1 - windowSize, Math.min(wanted, protectedSize))
    windowSize += change
    protectedSize -= change
    demote()
    for (let i = change; i > 0 && lengths[WINDOW] < windowSize && lengths[PROBATION] > 0; i--) {
      queues.move(queues.oldest(PROBATION), WINDOW)
    }
    for (let i = change; i < 0 && lengths[WINDOW] > windowSize; i++) {
      queues.move(queues.oldest(WINDOW), PROBATION)
    }
    requests = hits = 0
  }

  return (key) => {
    frequencies.add(key)
    const place = places[key]
    if (place === ABSENT) {
      queues.push(key, WINDOW)
      admit()
    } else {
      hits++
      queues.move(key, place === WINDOW ? WINDOW : PROTECTED)
      demote()
    }
    if (++requests === period) adapt()
    return place !== ABSENT
  }
}
