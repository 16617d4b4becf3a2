// A process that takes one measurement of snapshots and tells its outcome.
// Lives here: which there are. What they are belongs in files.mjs.
import { answer } from '../cell-process.mjs'
import { measureMemory, measureShared } from './files.mjs'

await answer({ shared: measureShared, memory: measureMemory })
