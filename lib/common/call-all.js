// Functions that several callers have given, called one after the other. Why they are called is for who has them.
'use strict'

/** Calls each. One that throws keeps no other from its turn: what was thrown first is thrown at the end. */
function callAll(functions) {
  let failure
  for (const call of functions) {
    try {
      call()
    } catch (error) {
      failure ??= { error }
    }
  }
  if (failure !== undefined) throw failure.error
}

module.exports = { callAll }
