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

module.exports = { callHook }
