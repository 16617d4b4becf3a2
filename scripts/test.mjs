// `npm test`: everything that has to hold, in one run that goes on after a failure. Words after
// `npm test --` run only the steps whose names contain one of them.
// Lives here: the list of steps and the account of them. How a step is carried out belongs in checks.mjs.
import { cargoTest, command, nodeTest, runExample, untried, verdict } from './checks.mjs'
import { exampleNames, typeCheckExample } from './examples.mjs'
import { startProgress } from './progress.mjs'
import { missingServer } from './redis.mjs'
import { toolPath } from './run.mjs'
import { setUp } from './setup.mjs'

const SUITES = [
  'contract',
  'extended',
  'native',
  'interruptions',
  'clock',
  'shared',
  'snapshots',
  'docs',
  'site',
  'browser',
  'consumers',
  'adapters',
]

const built = await setUp()

const cargo = (args) => [`cargo ${args}`, (see) => command('cargo', args.split(' '), see)]
const node = (label, ...args) => [label, (see) => command(process.execPath, args, see)]

const steps = [
  // Shown only where it failed: the set-up has told of a success.
  ...(built.ok ? [] : [['release build of the addon', async () => verdict(built)]]),
  cargo('fmt --all --check'),
  cargo('clippy --locked --all-targets -- -D warnings'),
  cargo('clippy --locked --all-targets --no-default-features -- -D warnings'),
  [
    'cargo test --no-default-features',
    (see) => cargoTest(['--locked', '--no-default-features'], see),
  ],
  [
    'cargo test: interleavings of threads',
    (see) =>
      cargoTest(
        ['--locked', '--no-default-features', '--features', 'shuttle', 'interleavings'],
        see,
      ),
  ],
  node('prettier', toolPath('prettier'), '--check', '.'),
  node('oxlint', toolPath('oxlint'), '--deny-warnings', '.'),
  node('types: the package', '__test__/types/check.mjs'),
  ...exampleNames().map((name) => [
    `types: examples/${name}`,
    async () => verdict(await typeCheckExample(name)),
  ]),
  ...SUITES.map((suite) => [
    `node --test __test__/${suite}`,
    (see) => nodeTest(`__test__/${suite}`, see),
  ]),
  [
    'node --test __test__/scaling',
    async (see) =>
      missingServer && !process.env.REDIS_URL
        ? untried(missingServer)
        : nodeTest('__test__/scaling', see),
  ],
  ...exampleNames().map((name) => [`examples/${name}`, (see) => runExample(name, see)]),
  // For correctness: what it prints of time is not judged here.
  node('bench --quick', 'bench/run.mjs', '--quick'),
  node(
    'bench --pauses',
    'bench/run.mjs',
    '--pauses',
    '--quick',
    '--peers',
    'native,s3-fifo,shared',
  ),
  node('bench:diagnostics --quick', 'bench/diagnostics.mjs', '--quick'),
  node('bench --extended', 'bench/run.mjs', '--extended', '--quick'),
  ['node --test bench/hit-ratio', (see) => nodeTest('bench/hit-ratio', see)],
  node('bench --snapshots', 'bench/run.mjs', '--snapshots', '--quick'),
  node('bench --eviction', 'bench/run.mjs', '--eviction', '--quick'),
]

const wanted = process.argv.slice(2)
const chosen = wanted.length
  ? steps.filter(([label]) => wanted.some((word) => label.includes(word)))
  : steps

let passed = 0
const failures = []

for (const [label, carryOut] of chosen) {
  const progress = startProgress(label)
  const result = await carryOut({ onLine: progress.see }).catch((error) =>
    verdict({ ok: false, output: `${error.stack}\n` }),
  )
  passed += result.passed
  if (result.failed > 0) {
    progress.end('FAIL', `${result.summary || '0 passed'}, ${result.failed} failed`)
    console.log(`\n${result.output.trimEnd()}\n`)
    failures.push({ label, count: result.failed })
  } else {
    progress.end(result.passed > 0 ? 'ok' : 'skip', result.summary)
  }
}

const failed = failures.reduce((sum, { count }) => sum + count, chosen.length ? 0 : 1)

console.log()
for (const { label, count } of failures) console.log(`FAIL  ${label}: ${count} failed`)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
