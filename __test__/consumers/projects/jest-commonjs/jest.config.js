// The usual configuration of ts-jest. Two workers, so that no test runs in jest's own thread.
module.exports = {
  preset: 'ts-jest',
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/*.spec.ts'],
  maxWorkers: 2,
  cache: false,
}
