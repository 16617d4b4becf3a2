// A process that measures one policy, on one trace at each size or in the flood, and tells the outcome.
// Lives here: the counting of hits. Policies and traces have files of their own.
import { answer } from '../cell-process.mjs'
import { measureFlood } from './flood.mjs'
import { policyNamed } from './policies.mjs'
import { SHARES, readTrace, sizeOf } from './traces.mjs'

function hitsOf(create, { requests, keys }, size) {
  const request = create(size, keys, requests)
  let hits = 0
  for (let i = 0; i < requests.length; i++) if (request(requests[i])) hits++
  return hits
}

function measureTrace({ folder, trace, policy }) {
  const read = readTrace(folder, trace)
  const create = policyNamed(policy)
  const sizes = SHARES.map((share) => sizeOf(read.keys, share))
  const hits = sizes.map((size) => hitsOf(create, read, size))
  return { requests: read.requests.length, keys: read.keys, sizes, hits }
}

await answer({
  trace: measureTrace,
  flood: ({ policy, strangers }) => measureFlood(policyNamed(policy), strangers),
})
