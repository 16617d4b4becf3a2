// Starts the browser in which pages are tested: headless Chromium, as distributions package it.
// Lives here: how it is found and started. What is tested in it belongs in the tests.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { install } from '../consumers/tools.mjs'

const PLACES = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

/** Rejects with what is to be installed if there is no browser. */
export async function launchChromium() {
  const executablePath = PLACES.find((path) => path && existsSync(path))
  if (!executablePath) {
    throw new Error(
      'The tests of pages need Chromium: install it, on Debian by `apt-get install chromium`, ' +
        'or name the program in the variable CHROMIUM.',
    )
  }
  const require = createRequire(join(await install('../browser'), 'package.json'))
  const { chromium } = require('playwright-core')
  return chromium.launch({
    executablePath,
    // Its sandbox needs what containers rarely allow; the pages are our own. The rest keeps it from calling anybody.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
