// A get of an entry that is there, by how the program came by the key.
// Lives here: the forms of keys that programs have. Other workloads join theirs or keep them.
import { userKeys, valueAt } from '../keys.mjs'
import { uniform } from '../random.mjs'

/** What their cells have for `keys`: the names of the workloads say what their keys are. */
export const FORMED = 'formed'

const PREFIX = 'user:'

/** Each makes of all keys, flat strings of one length, what returns one of them. */
const FORMS = {
  'the same object': (keys) => (i) => keys[i],
  'a template': (keys) => {
    const ids = keys.map((key) => key.slice(PREFIX.length))
    return (i) => `user:${ids[i]}`
  },
  'a concatenation': (keys) => {
    const ids = keys.map((key) => key.slice(PREFIX.length))
    return (i) => PREFIX + ids[i]
  },
  'cut out of a cookie header': (keys) => {
    const headers = keys.map((key) => ['theme=dark; sid=', key, '; lang=en'].join(''))
    return (i) => {
      const start = headers[i].indexOf('sid=') + 4
      return headers[i].slice(start, headers[i].indexOf(';', start))
    }
  },
  'decoded from a Buffer': (keys) => {
    const bytes = Buffer.from(keys.join(''))
    const { length } = keys[0]
    return (i) => bytes.toString('latin1', i * length, (i + 1) * length)
  },
}

/** All by name. */
export const getsByForm = Object.entries(FORMS).map(([form, source]) => ({
  name: `get, ${form}`,
  needs: ['get'],
  start(driver, { size, options }) {
    const { get, set } = driver
    const cache = driver.create({ maxSize: size, ...options })
    const { objects } = userKeys(size, { keep: true })
    for (const [i, key] of objects.entries()) set(cache, key, valueAt(i))
    const keyAt = source(objects)
    const draws = uniform(size)
    const mask = draws.length - 1
    let position = 0
    return {
      run(count) {
        let wrong = 0
        for (let i = 0; i < count; i++)
          if (get(cache, keyAt(draws[(position + i) & mask])) === undefined) wrong++
        position = (position + count) & mask
        return wrong
      },
    }
  },
}))
