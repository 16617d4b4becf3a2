// The examples as programs: an example is a folder with a tsconfig.json, a main.mts and the output
// it is expected to print. Those in examples/adapters, examples/warm-restart and examples/two-processes are none: the tests
// of the adapters and of scaling run them.
// Lives here: how one is compiled and started. What it shows belongs in the example.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root, run, toolPath } from './run.mjs'

const folderOf = (name) => join(root, 'examples', name)

export const exampleNames = () =>
  readdirSync(join(root, 'examples'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .filter((name) => existsSync(join(folderOf(name), 'tsconfig.json')))
    .toSorted()

const tsc = (name, flag) =>
  run(process.execPath, [toolPath('typescript', 'tsc'), '--project', folderOf(name), flag])

export const typeCheckExample = (name) => tsc(name, '--noEmit')

// Node 20 runs no TypeScript, so the types are only stripped here; `npm test` checks them.
export const compileExample = (name) => tsc(name, '--noCheck')

/** Where tsc puts the program, and the folder it is to be started in to find its input. */
export const exampleProgram = (name) => ({
  file: join(root, 'target', 'examples', name, 'main.mjs'),
  cwd: folderOf(name),
})

export const expectedOutput = (name) => readFileSync(join(folderOf(name), 'expected.txt'), 'utf8')

/** Random ids become `<id 1>`, `<id 2>`, ... by first appearance: two runs then print the same. */
export function nameIds(output) {
  const ids = new Map()
  return output.replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => {
    if (!ids.has(id)) ids.set(id, `<id ${ids.size + 1}>`)
    return ids.get(id)
  })
}
