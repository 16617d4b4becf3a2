// `npm start`: from a fresh clone to the session-storage example at work.
// Lives here: that command. The set-up belongs in setup.mjs, the example in examples/.
import { spawnSync } from 'node:child_process'
import { compileExample, exampleProgram } from './examples.mjs'
import { startProgress } from './progress.mjs'
import { setUpOrStop, stop } from './setup.mjs'

const NAME = 'session-storage'

await setUpOrStop()

const progress = startProgress(`compile examples/${NAME}`)
const compiled = await compileExample(NAME)
progress.end(compiled.ok ? 'ok' : 'FAIL')
if (!compiled.ok) stop(compiled.output)

console.log()
const { file, cwd } = exampleProgram(NAME)
const { status } = spawnSync(process.execPath, [file], { cwd, stdio: 'inherit' })
process.exitCode = status === 0 ? 0 : 1
