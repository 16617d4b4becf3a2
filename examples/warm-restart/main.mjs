// A deploy under load: the app is sent SIGTERM while its users click on, and is started again. Nobody is signed out.
// Run it in a project that has native-memory-cache, express and express-session.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const FILES = ['sessions.snapshot', 'sessions.snapshot.lock']
for (const file of FILES) rmSync(file, { force: true })

async function start(port) {
  const app = fork(fileURLToPath(new URL('app.mjs', import.meta.url)), [port])
  const [taken] = await once(app, 'message')
  return { app, port: taken, url: `http://127.0.0.1:${taken}` }
}

const first = await start(0)
const signIn = async (_, i) => {
  const { headers } = await fetch(`${first.url}/login/user-${i}`)
  return { name: `user-${i}`, cookie: headers.getSetCookie()[0], clicks: 0, lost: 0 }
}
const users = await Promise.all(Array.from({ length: 200 }, signIn))

async function click(user) {
  // While the app is away nobody answers; a browser tries again.
  const response = await fetch(first.url, { headers: { cookie: user.cookie } }).catch(() => {})
  const name = await response?.text().catch(() => {})
  if (name === undefined) return
  user.clicks++
  if (name !== user.name) user.lost++
}

const deploy = { isOver: false }
const load = users.map(async (user) => {
  while (!deploy.isOver || user.clicks < 5) await click(user)
})
first.app.kill('SIGTERM')
const [, signal] = await once(first.app, 'exit')
console.log(signal) // → SIGTERM

const { app } = await start(first.port)
deploy.isOver = true
for (const user of users) user.clicks = 0
await Promise.all(load)
const signedOut = users.filter(({ lost }) => lost > 0).length
console.log(`${signedOut} of ${users.length} users were signed out`) // → 0 of 200 users were signed out

app.kill()
await once(app, 'exit')
for (const file of FILES) rmSync(file, { force: true })
