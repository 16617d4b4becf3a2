// Contract of hooks given to `cached`: which are found where, and as what they are called. What a decorated method
// returns is in decorator.test.mjs, late delivery in general in __test__/shared.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { HOOK_NAMES, clock, decorated, eachImplementation, native, published } from './support.mjs'

/** Hooks of every form there is; each writes down its name and what it was called on. */
const FORMS = {
  'own functions': (heard) => {
    const hooks = {}
    for (const name of HOOK_NAMES) {
      hooks[name] = function () {
        heard.push([name, this === hooks, this === undefined])
      }
    }
    return hooks
  },
  'methods of a class instance': (heard) => {
    class Audit {}
    for (const name of HOOK_NAMES) {
      Audit.prototype[name] = function () {
        heard.push([name, this instanceof Audit, this === undefined])
      }
    }
    return new Audit()
  },
  'static methods of a class': (heard) => {
    class Audit {}
    for (const name of HOOK_NAMES) {
      Object.defineProperty(Audit, name, {
        value() {
          heard.push([name, this === Audit, this === undefined])
        },
      })
    }
    return Audit
  },
  'falsy ones': () => Object.fromEntries(HOOK_NAMES.map((name) => [name, false])),
  'removals alone': (heard) => ({
    log: heard,
    onEvict({ key }) {
      this.log.push(['onEvict', key])
    },
    onExpire({ key }) {
      this.log.push(['onExpire', key])
    },
  }),
}

async function heardOf({ cached }, form, options) {
  const heard = []
  const hooks = FORMS[form](heard)
  const service = decorated(cached, (n) => n, { maxSize: 1, ttl: 100, hooks, ...options })
  service.method(1)
  service.method(1)
  service.method(2)
  clock.advance(101)
  service.method(2)
  await turn()
  await turn()
  return heard
}

for (const form of Object.keys(FORMS)) {
  test(`${form} are called as in the published package, late ones too`, async () => {
    clock.install()
    try {
      const expected = await heardOf(published, form)
      assert.deepEqual(await heardOf(native, form), expected)
      assert.deepEqual(await heardOf(native, form, { hookDelivery: 'deferred' }), expected)
    } finally {
      clock.restore()
    }
  })
}

eachImplementation('hooks of decorated methods', ({ cached }) => {
  test('of an instance’s methods those of removals are called, on the instance, and the others are not', async () => {
    assert.deepEqual(await heardOf({ cached }, 'methods of a class instance'), [
      ['onEvict', true, false],
      ['onExpire', true, false],
    ])
  })

  test('a decorated method can be called with new, as other functions can', () => {
    const service = decorated(cached, function (x) {
      this.x = x
      return this
    })
    const { method: Method } = service
    const made = new Method(5)
    assert.equal(made.x, 5)
    assert.ok(made instanceof Method)
    assert.equal(new Method(5), made)
    assert.equal(typeof Method.prototype, 'object')
    assert.equal(Method.length, 0)
  })
})

test('late hooks of removals are looked up at the event, the others as they stood at decoration', async () => {
  clock.install()
  try {
    const heard = []
    const hooks = {
      onMiss: () => heard.push('old onMiss'),
      onEvict: () => heard.push('old onEvict'),
    }
    const options = { maxSize: 1, hooks, hookDelivery: 'deferred' }
    const service = decorated(native.cached, (n) => n, options)
    service.method(1)
    hooks.onMiss = () => heard.push('new onMiss')
    hooks.onEvict = () => heard.push('new onEvict')
    service.method(2)
    hooks.onEvict = () => heard.push('newest onEvict')
    await turn()
    await turn()
    assert.deepEqual(heard, ['old onMiss', 'old onMiss', 'new onEvict'])
  } finally {
    clock.restore()
  }
})
