// Variants of S3-FIFO: what its parameters are worth, one changed at a time, from the paper's to this package's.
// Lives here: their names and parameters. What a parameter does belongs in s3-fifo.mjs.
import { CHOSEN, PAPER } from './s3-fifo.mjs'

const window = { window: CHOSEN.window, promoteAt: 1 }
const strangers = { strangerOf: CHOSEN.strangerOf }

const fromPaper = (changes) => ({ ...PAPER, ...changes })
const fromChosen = (changes) => ({ ...CHOSEN, ...changes })

export const VARIANTS = {
  "the paper's": PAPER,
  'promoted at the first hit': fromPaper({ promoteAt: 1 }),
  'small queue of 5 %': fromPaper({ small: 0.05 }),
  'small queue of 20 %': fromPaper({ small: 0.2 }),
  'history of 1.5 sizes': fromPaper({ history: 1.5 }),
  'history of 2 sizes': fromPaper({ history: 2 }),
  'small queue of 20 %, history of 2 sizes': fromPaper({ small: 0.2, history: 2 }),
  'with the window': fromPaper(window),
  'with strangers': fromPaper(strangers),
  'with the window and strangers': fromPaper({ ...window, ...strangers }),
  chosen: CHOSEN,
  'chosen, small queue of 5 %': fromChosen({ small: 0.05 }),
  'chosen, small queue of 15 %': fromChosen({ small: 0.15 }),
  'chosen, small queue of 20 %': fromChosen({ small: 0.2 }),
  'chosen, no window': fromChosen({ window: 0 }),
  'chosen, no window, promoted at the second hit': fromChosen({ window: 0, promoteAt: 2 }),
  'chosen, window of 1/32': fromChosen({ window: 1 / 32 }),
  'chosen, window of 1/8': fromChosen({ window: 1 / 8 }),
  'chosen, no strangers': fromChosen({ strangerOf: Infinity }),
  'chosen, a stranger of 32': fromChosen({ strangerOf: 32 }),
  'chosen, a stranger of 512': fromChosen({ strangerOf: 512 }),
  'chosen, history of 7/8': fromChosen({ history: 7 / 8 }),
  'chosen, history of 1.5 sizes': fromChosen({ history: 1.5 }),
  'chosen, hits counted to 1': fromChosen({ most: 1 }),
  'chosen, hits counted to 7': fromChosen({ most: 7 }),
  'chosen, count kept on promotion': fromChosen({ keepCount: true }),
  'chosen, known keys come back with a count of 1': fromChosen({ knownCount: 1 }),
}

export const VARIANT_NAMES = Object.keys(VARIANTS)
