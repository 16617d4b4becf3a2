// How a hook is called, wherever it is from. Which hook and when belongs elsewhere.
'use strict'

function callHook(hook, context) {
  if (!hook) return
  try {
    hook(context)
  } catch {
    // A hook cannot make an operation of the cache fail.
  }
}

/** The same for one that is looked up by name: that too may be the user's code. */
function report(hooks, name, context) {
  let hook
  try {
    hook = hooks[name]
  } catch {
    return
  }
  callHook(hook, context)
}

module.exports = { callHook, report }
