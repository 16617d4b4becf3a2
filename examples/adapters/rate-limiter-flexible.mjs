// Protection of a login against guessing, for all worker threads of the process together.
// Run it in a project that has native-memory-cache and rate-limiter-flexible.
import { RateLimiterRes } from 'rate-limiter-flexible'
import { RateLimiterCache } from 'native-memory-cache/rate-limiter-flexible'

const attempts = new RateLimiterCache({
  cache: { name: 'limits', maxSize: 0, maxBytes: 64 << 20 },
  keyPrefix: 'login',
  points: 3, // attempts
  duration: 60, // in a minute
  blockDuration: 600, // else none for ten minutes
})

async function logIn(user, password) {
  try {
    await attempts.consume(user)
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused
    return `${user}: try again in ${Math.ceil(refused.msBeforeNext / 1000)} s`
  }
  if (password !== 'correct') return `${user}: wrong password`
  await attempts.delete(user)
  return `${user}: welcome`
}

console.log(await logIn('ada', 'wrong')) // → ada: wrong password
console.log(await logIn('ada', 'correct')) // → ada: welcome
for (let i = 0; i < 3; i++) await logIn('mallory', 'guess')
console.log(await logIn('mallory', 'correct')) // → mallory: try again in 600 s
attempts.close()
