// Two processes of two threads each, in front of one server: what changes in one is seen in the other.
//
//     npm install native-memory-cache cacheable keyv @keyv/redis @qified/redis bentocache ioredis
//     node main.mjs cacheable redis://127.0.0.1:6379
//
// Lives here: what is shown. `// →` says what a line prints.
import { joined, startProcess } from './processes.mjs'

const [library = 'cacheable', url = 'redis://127.0.0.1:6379'] = process.argv.slice(2)
const options = { library, url, name: `users-${process.pid}`, ttl: 60_000, l1Ttl: 10_000 }
const [first, second] = [startProcess(options), startProcess(options)]
await joined(first, second)

console.log(await first.read(0, 'ada', 'Ada')) // → { value: 'Ada', from: 'database' }
// From the L1 of the process, which its threads have in common.
console.log(await first.read(1, 'ada', 'Ada')) // → { value: 'Ada', from: 'cache' }
// From the server.
console.log(await second.read(0, 'ada', 'Ada')) // → { value: 'Ada', from: 'cache' }

await first.write(1, 'ada', 'Countess Lovelace')
const told = performance.now()
let seen
do seen = await second.read(1, 'ada', 'Countess Lovelace')
while (seen.value === 'Ada' && performance.now() - told < 1000)
console.log(seen) // → { value: 'Countess Lovelace', from: 'cache' }

await Promise.all([first.close(), second.close()])
