// Who wrote a message of the bus: one id for all threads of a process, because they have one L1 in common.
// Lives here: that id. What is done with it belongs in cacheable.mjs and bentocache.mjs.
import { randomBytes } from 'node:crypto'
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads'

const KEY = 'two-processes: id'

/** To be called on the main thread before it starts workers. */
export function shareProcessId() {
  // The bus of bentocache needs 24 characters.
  setEnvironmentData(KEY, randomBytes(12).toString('hex'))
}

export const processId = () => getEnvironmentData(KEY)
