// The user's hooks as the published decorator calls them: those of removals are looked up at the event and called as
// methods, the others are those own members that there are when it is made, and called as functions.
'use strict'

const REMOVALS = ['onEvict', 'onExpire', 'onDelete']

/** The hook of a removal, as it is now. */
function removalHook(hooks, name) {
  const hook = hooks?.[name]
  return hook && ((context) => Reflect.apply(hook, hooks, [context]))
}

/** Hooks for a cache, which looks each up at its event. */
function decoratorHooks(hooks) {
  const result = { ...hooks }
  for (const name of REMOVALS) {
    Object.defineProperty(result, name, { get: () => removalHook(hooks, name), enumerable: true })
  }
  return result
}

module.exports = { decoratorHooks, removalHook }
