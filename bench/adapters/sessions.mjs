// The sessions and clients that the stores are given: each with text of its own, as users have it.
// Lives here: what they look like. Where they are put belongs in entries.mjs and apps.mjs.
import { keyAt, sessionKeys } from '../keys.mjs'
import { randomNumbers } from '../random.mjs'

const hex = (next) => next().toString(16).padStart(8, '0')

/** Some 300 bytes as JSON. */
export function sessionOf(i) {
  const next = randomNumbers(i)
  return {
    user: { id: i, name: `Ada Lovelace ${i}`, email: `ada.${i}@example.org`, roles: ['reader'] },
    csrf: hex(next) + hex(next) + hex(next) + hex(next),
    locale: 'en-GB',
    cart: [
      { sku: `sku-${hex(next)}`, quantity: 1 },
      { sku: `sku-${hex(next)}`, quantity: 2 },
    ],
    signedInAt: 1_700_000_000_000 + i,
    visits: 0,
  }
}

/** A function of a number: an id of 36 characters, made anew for each call. */
export function idsOf(size) {
  const space = sessionKeys(size)
  return (i) => keyAt(space, i)
}
