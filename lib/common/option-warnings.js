// Warnings of options that are taken but are hardly meant so: each once per process, whatever the
// number of threads. Which options there are belongs to each kind of cache; errors do not belong here.
'use strict'

const native = require('./native.js')

// What other caches call it, in lower case.
const ELSEWHERE = {
  maxSize: 'max maxentries maxitems maxkeys maxlength lrusize limit capacity size',
  ttl: 'maxage maxttl stdttl defaultttl expire expires expiry expiresin lifetime timetolive',
  maxWeight: 'maxentrysize maxbytes maxcost maxmemory',
  maxBytes: 'maxentrysize maxweight maxcost maxmemory',
  sizeCalculation: 'length weight weigher weigh cost sizeof',
  checkInterval: 'checkperiod ttlautopurge cleanupinterval pruneinterval interval',
  hooks:
    'dispose disposeafter oneviction oninsert onhit onmiss onset onevict onexpire ondelete events',
  hookDelivery: 'delivery',
  eviction: 'policy evictionpolicy evictionstrategy strategy algorithm',
  codec: 'serialize serializer serialization deserialize parse',
  name: 'namespace id',
  keyGenerator: 'key keyfn cachekey resolver',
  hashKeys: 'hash',
}

/** Levenshtein's. */
function editDistance(one, other) {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i)
  for (let i = 0; i < one.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < other.length; j++) {
      const replaced = row[j] + (one[i] === other[j] ? 0 : 1)
      next[j + 1] = Math.min(replaced, row[j + 1] + 1, next[j] + 1)
    }
    row = next
  }
  return row[other.length]
}

/** The known name that may have been meant. */
function nearest(unknown, names) {
  const wanted = unknown.toLowerCase()
  const translated = names.find((name) => ELSEWHERE[name]?.split(' ').includes(wanted))
  if (translated !== undefined) return translated
  let near
  let distance = Infinity
  for (const name of names) {
    // No near name is so much longer or shorter, and the distance takes time by both lengths.
    if (Math.abs(name.length - wanted.length) > 3) continue
    const itsDistance = editDistance(wanted, name.toLowerCase())
    // A third of the letters: more would take any short name for any other.
    if (itsDistance < distance && itsDistance * 3 <= name.length) {
      near = name
      distance = itsDistance
    }
  }
  return near
}

/** `message` is a function: most callers are not the first. */
function warnOfOption(subject, message) {
  if (!native.isFirstWarning(`NMC_OPTION ${subject}`)) return
  process.emitWarning(message(), { type: 'MemoryCacheWarning', code: 'NMC_OPTION' })
}

function isUndefined(options, name) {
  const descriptor = Object.getOwnPropertyDescriptor(options, name)
  return descriptor.get === undefined && descriptor.value === undefined
}

/** Own enumerable options that `names` does not have are warned of, unless they are undefined. */
function warnOfUnknown(options, names, what) {
  for (const name of Object.keys(options)) {
    // Without a look at its value, which may be a getter's, unless it is there to be seen.
    if (names.includes(name) || isUndefined(options, name)) continue
    warnOfOption(name, () => {
      const near = nearest(name, names)
      const hint = near === undefined ? '' : `; did you mean ${near}?`
      return `${what} has no option ${name}: it has no effect${hint}`
    })
  }
}

/** The same for methods that are called often, of a `Set` of names. */
function warnOfMisspelt(options, names, what) {
  for (const name in options) if (!names.has(name)) return warnOfUnknown(options, [...names], what)
  return undefined
}

module.exports = { warnOfMisspelt, warnOfOption, warnOfUnknown }
