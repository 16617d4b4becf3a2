// Two kinds of proxies that wrap whatever is read through them, for specs of caches behind such proxies. No
// expectation belongs here.

const TAGS = new Set(['[object Object]', '[object Array]', '[object Map]', '[object Set]'])

/**
 * Proxies in the manner of Vue's `reactive`: methods run on the proxy, objects that are read come out as proxies, and
 * functions and instances of other built-in classes as they are. `onRead` and `onWrite` hear of the properties.
 */
export function reactive(root, { onRead = () => {}, onWrite = () => {} } = {}) {
  const proxies = new WeakMap()
  const bare = new WeakMap()

  function wrap(value) {
    if (typeof value !== 'object' || value === null || !Object.isExtensible(value)) return value
    if (bare.has(value) || !TAGS.has(Object.prototype.toString.call(value))) return value
    if (!proxies.has(value)) {
      const isCollection = value instanceof Map || value instanceof Set
      const proxy = new Proxy(value, isCollection ? collection : plain)
      proxies.set(value, proxy)
      bare.set(proxy, value)
    }
    return proxies.get(value)
  }

  const plain = {
    get(target, property, receiver) {
      onRead(target, property)
      return wrap(Reflect.get(target, property, receiver))
    },
    set(target, property, value, receiver) {
      const before = target[property]
      const done = Reflect.set(target, property, bare.get(value) ?? value, receiver)
      if (before !== value) onWrite(target, property)
      return done
    },
  }

  const collection = {
    get(target, property) {
      if (property === 'size') {
        onRead(target, 'any')
        return target.size
      }
      return (...args) => {
        const [key] = args
        if (property === 'set' || property === 'delete' || property === 'clear') {
          onWrite(target, key)
          onWrite(target, 'any')
        } else {
          onRead(target, property === 'get' || property === 'has' ? key : 'any')
        }
        const result = target[property](...args.map((arg) => bare.get(arg) ?? arg))
        if (property === 'entries') return each(result, (pair) => pair.map(wrap))
        return property === 'values' ? each(result, wrap) : wrap(result)
      }
    },
  }

  function* each(items, change) {
    for (const item of items) yield change(item)
  }

  return wrap(root)
}

/** A membrane: all objects and functions are wrapped on their way out and unwrapped on their way in. */
export function membrane(root) {
  const proxies = new WeakMap()
  const bare = new WeakMap()
  const unwrap = (value) => bare.get(value) ?? value

  function wrap(value) {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return value
    if (bare.has(value)) return value
    if (!proxies.has(value)) {
      const proxy = new Proxy(value, handler)
      proxies.set(value, proxy)
      bare.set(proxy, value)
    }
    return proxies.get(value)
  }

  const handler = {
    get: (target, property) => wrap(Reflect.get(target, property)),
    set: (target, property, value) => Reflect.set(target, property, unwrap(value)),
    apply: (target, self, args) => wrap(Reflect.apply(target, unwrap(self), args.map(unwrap))),
  }

  return wrap(root)
}
