// Medians and spreads. Nothing else belongs here.

const sorted = (numbers) => numbers.toSorted((a, b) => a - b)

/** With 0 to 1 for `share`; between two numbers it is interpolated. */
export function quantile(numbers, share) {
  const inOrder = sorted(numbers)
  const place = (inOrder.length - 1) * share
  const low = Math.floor(place)
  const high = Math.ceil(place)
  return inOrder[low] + (inOrder[high] - inOrder[low]) * (place - low)
}

export const median = (numbers) => quantile(numbers, 0.5)

/** Half of the rounds lie within `spread` of each other; it is a share of the median. */
export function summarize(rounds) {
  const middle = median(rounds)
  return {
    median: middle,
    spread: (quantile(rounds, 0.75) - quantile(rounds, 0.25)) / middle,
    fastest: Math.min(...rounds),
    slowest: Math.max(...rounds),
    rounds: rounds.length,
  }
}

/** The same for each figure of rounds that have several. */
export const summarizeEach = (rounds) =>
  Object.fromEntries(
    Object.keys(rounds[0]).map((name) => [name, summarize(rounds.map((round) => round[name]))]),
  )

/** The same; what one of the rounds failed with, if one did. */
export function summarizeRounds(rounds) {
  const failure = rounds.find(({ failed }) => failed !== undefined)
  return failure === undefined ? summarizeEach(rounds) : { failed: failure.failed }
}
