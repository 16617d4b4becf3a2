// Runs the published test suite for drivers of BentoCache. What must not live here: tests, which Japa loads itself.
import { assert } from '@japa/assert'
import { configure, run } from '@japa/runner'

configure({ plugins: [assert()], files: ['bentocache-suite.spec.mjs'] })
await run()
