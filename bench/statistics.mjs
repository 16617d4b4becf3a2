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

/** Each figure of several rounds as a median with its spread; what one of them failed with, if one did. */
export function summarizeRounds(found) {
  const failure = found.find(({ failed }) => failed !== undefined)
  if (failure !== undefined) return { failed: failure.failed }
  const names = Object.keys(found[0])
  return Object.fromEntries(
    names.map((name) => [name, summarize(found.map((figures) => figures[name]))]),
  )
}
