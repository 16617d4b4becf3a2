// Loaded by node --import ahead of everything else: takes the clock over before the package can load.
// The driver's name is in the argument vector; what is tested is in scenario-process.mjs.

import { drivers } from './drivers.mjs'

globalThis.clock = drivers[process.argv[3]]()
globalThis.clock.start(Date.now())
