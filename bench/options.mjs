// The command line of the smaller benchmarks.
// Lives here: the options that they have in common. What a run does with them belongs to each.
import { parseArgs } from 'node:util'

/** Ends the process if all that is wanted is help. */
export function readOptions(help, others = {}) {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      out: { type: 'string' },
      ...others,
    },
  })
  if (values.help) {
    console.log(help)
    process.exit()
  }
  return values
}
