// The keys and values that the caches are given.
// Lives here: what they look like and how they are made. Which of them are used when belongs in
// the workloads.
//
// A key is two parts joined. Joined at each call it is what programs do (`user:${id}`): a string
// that V8 has not seen, has to flatten and to hash. Kept as one object it is the best case of any
// cache: hashed once, equal by its address.
import { randomNumbers } from './random.mjs'

const TAILS = 1024

const digits = (value, radix, length) => value.toString(radix).padStart(length, '0')

// A bijection, so that the ids differ, that leaves no order in them.
const scatter = (i) => Math.imul(i + 1, 0x9e3779b1) >>> 0

/** 18 characters: `user:` and an id of 13. */
const USER = {
  head: (i, kind) => `${kind}:${digits(scatter(i), 36, 7)}`,
  tail: (i) => digits(scatter(i) % 36 ** 6, 36, 6),
}

/** 36 characters: a UUID, as `crypto.randomUUID` makes them. */
const SESSION = {
  head: (i, kind) => {
    const a = digits(scatter(i), 16, 8)
    return `${a}-${kind}-4${digits(i % 4096, 16, 3)}-`
  },
  tail: (i) => {
    const next = randomNumbers(i)
    return `a${digits(next() & 0xfff, 16, 3)}-${digits(next(), 16, 8)}${digits(i, 16, 4)}`
  },
}

function keySpace({ head, tail }, kind, size, keep) {
  const heads = Array.from({ length: Math.ceil(size / TAILS) }, (_, i) => head(i, kind))
  const tails = Array.from({ length: TAILS }, (_, i) => tail(i))
  const objects = keep
    ? // What is joined by `+` stays two strings until it is first read.
      Array.from({ length: size }, (_, i) => [heads[i >>> 10], tails[i & 1023]].join(''))
    : undefined
  return { size, heads, tails, objects }
}

const KINDS = { known: ['user', 'a1b2'], unknown: ['none', 'ffff'] }

/** Keys of `size` users; those of `unknown` users are none of the others. */
export const userKeys = (size, { keep = false, unknown = false } = {}) =>
  keySpace(USER, (unknown ? KINDS.unknown : KINDS.known)[0], size, keep)

export const sessionKeys = (size, { unknown = false } = {}) =>
  keySpace(SESSION, (unknown ? KINDS.unknown : KINDS.known)[1], size, false)

export function keyAt(space, i) {
  return space.objects === undefined
    ? space.heads[i >>> 10] + space.tails[i & 1023]
    : space.objects[i]
}

// Few enough to stay in the processor's cache: what a value costs is the program's affair.
const VALUES = 1024

export const values = Array.from({ length: VALUES }, (_, i) => ({
  userId: `u${i}`,
  permissions: ['read', 'write'],
  createdAt: 1_700_000_000_000 + i,
}))

export const valueAt = (i) => values[i & (VALUES - 1)]

/** The same as an object that no other entry has, as in a program: the collector must look at each. */
export const ownValueAt = (i) => ({
  userId: `u${i}`,
  permissions: ['read', 'write'],
  createdAt: 1_700_000_000_000 + i,
})

export function fill(driver, cache, space, size = space.size) {
  for (let i = 0; i < size; i++) driver.set(cache, keyAt(space, i), valueAt(i))
}
