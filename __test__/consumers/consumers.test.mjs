// The package installed as users do it: released with napi's commands into a registry on this
// machine, installed from there by name, and used by projects that know nothing but the name.
//
//     node --test __test__/consumers/consumers.test.mjs     on this Node.js
//     npm run test:consumers                                on every runtime (runtimes/matrix.mjs)
//
// Lives here: which projects there are. What they test is theirs; the rest is in the modules beside.
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { describeBundlers } from './bundlers.mjs'
import { describeInstallation } from './installation.mjs'
import { describeLoading } from './loading.mjs'
import { createProject, installations, npmInstall, runScript, testScripts } from './project.mjs'
import { publish } from './published.mjs'
import { describeTarball } from './tarball.mjs'

const PROJECTS = ['script', 'typescript', 'node-test', 'ava', 'vitest', 'jest-commonjs', 'jest-esm']

const published = await publish()
after(published.close)

describeTarball(published)
describeInstallation(published)
describeLoading(published)
describeBundlers(published)

describe('projects', { concurrency: Math.min(4, availableParallelism()) }, () => {
  for (const template of PROJECTS) {
    for (const { name, argument } of installations) {
      describe(`${template}, which imports ${name}`, { concurrency: 1 }, () => {
        const folder = join(published.folder, name.replaceAll(/\W/g, '-'), template)
        before(async () => {
          createProject(template, { name, folder })
          await npmInstall(folder, argument, published)
        })

        for (const script of testScripts(template)) {
          test(`npm run ${script}`, async (t) => {
            const passed = await runScript(folder, script, published.registry.env())
            t.diagnostic(`${passed} passed`)
          })
        }
      })
    }
  }
})
