// ts-jest's configuration for ES modules. Two workers, so that no test runs in jest's own thread.
import { createDefaultEsmPreset } from 'ts-jest'

export default {
  ...createDefaultEsmPreset(),
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/*.spec.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  maxWorkers: 2,
  cache: false,
}
