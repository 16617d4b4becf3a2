// Loads the package in a realm of its own, as test runners do for each file. No assertions.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import vm from 'node:vm'

const require = createRequire(import.meta.url)
const entry = require.resolve('native-memory-cache')

/** Evaluates the facade inside a vm context, as jest and vitest do. */
export function loadInContext(context) {
  const modules = new Map()
  function load(file) {
    if (!file.endsWith('.js')) return require(file)
    if (modules.has(file)) return modules.get(file).exports
    const module = { exports: {} }
    modules.set(file, module)
    const wrapper = `(function (module, exports, require, process) {${readFileSync(file, 'utf8')}\n})`
    const resolve = (name) =>
      name.startsWith('.') ? load(join(dirname(file), name)) : require(name)
    vm.runInContext(wrapper, context, { filename: file })(module, module.exports, resolve, process)
    return module.exports
  }
  return load(entry)
}
