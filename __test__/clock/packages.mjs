// The packages under comparison, by the names users import, and the one way to write a test for both.
// No clocks and no expectations live here.

import { describe } from 'node:test'
import * as published from '@humanspeak/memory-cache'
import * as ours from 'native-memory-cache'

export const packages = [
  { name: 'native-memory-cache', ...ours },
  { name: '@humanspeak/memory-cache', ...published },
]

export function describeBoth(title, body) {
  for (const implementation of packages) {
    describe(`${implementation.name}: ${title}`, () => body(implementation))
  }
}
