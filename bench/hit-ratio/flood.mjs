// Sessions in a flood: users who are signed in, then a crawler that opens a session with each of its requests.
// Lives here: those requests, and whose session a cache has lost.
import { randomNumbers } from '../random.mjs'

const USERS = 1000
const ENTRIES = 10_000
/** How often users have been there by then, on average. */
const EARLIER_USES = 5
/** Of how many requests of the flood one is a user's. */
const USER_OF = 10
/** Who was used twice within so many requests is not to be lost. */
const RECENT = ENTRIES

/** The keys below `USERS` are users, whom chance chooses; each other is asked for once. */
function floodRequests(strangers) {
  const random = randomNumbers()
  const requests = []
  for (let i = 0; i < USERS * EARLIER_USES; i++) requests.push(random() % USERS)
  for (let key = USERS; key < USERS + strangers;) {
    requests.push(random() % USER_OF === 0 ? random() % USERS : key++)
  }
  return Uint32Array.from(requests)
}

/** How many uses found a user's session gone, of how many users, and how many had been used twice lately. */
export function measureFlood(create, strangers) {
  const requests = floodRequests(strangers)
  const request = create(ENTRIES, USERS + strangers, requests)
  const last = new Float64Array(USERS).fill(-Infinity)
  const lastButOne = new Float64Array(USERS).fill(-Infinity)
  const losers = new Set()
  let uses = 0
  let lost = 0
  let lostRecent = 0

  for (const [now, key] of requests.entries()) {
    const found = request(key)
    if (key >= USERS) continue
    uses++
    if (!found && last[key] >= 0) {
      lost++
      losers.add(key)
      if (now - lastButOne[key] <= RECENT) lostRecent++
    }
    lastButOne[key] = last[key]
    last[key] = now
  }
  return { uses, lost, users: losers.size, lostRecent }
}
