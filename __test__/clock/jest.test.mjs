// Runs the jest projects under jest/: CommonJS as jest does by default, and ES modules, where the published
// package can be loaded too. The tests themselves are the spec files there.

import { fileURLToPath } from 'node:url'
import { describeProject } from './runner.mjs'

const cwd = fileURLToPath(new URL('./jest/', import.meta.url))
const options = (config) => ['--config', config, '--json', '--runInBand', '--no-cache']

describeProject('jest, CommonJS', 'jest', {
  cwd,
  args: options('jest.config.json'),
  specs: /\.spec\.cjs$/,
})

describeProject('jest, ES modules', 'jest', {
  cwd,
  args: options('jest.esm.config.json'),
  nodeOptions: ['--experimental-vm-modules', '--no-warnings'],
  specs: /\.spec\.mjs$/,
})
