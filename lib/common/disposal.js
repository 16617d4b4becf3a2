// `using` for either kind of cache. What closing means is each kind's.
'use strict'

/** Gives a class with `close` what `using` calls. Node.js 20 has the symbol in some versions only. */
function addDisposal(Class) {
  if (Symbol.dispose === undefined) return
  Object.defineProperty(Class.prototype, Symbol.dispose, {
    value() {
      this.close()
    },
    writable: true,
    configurable: true,
  })
}

module.exports = { addDisposal }
