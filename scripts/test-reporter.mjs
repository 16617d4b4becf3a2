// A node:test reporter that counts.
// Lives here: which of the runner's events are individual tests. The readable account of a run is
// the spec reporter's, which runs beside this one.
import { resolve } from 'node:path'

export default async function* count(events) {
  let passed = 0
  let failed = 0
  let skipped = 0
  const emptyFiles = []

  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue
    // The runner reports a file that declares no test as one passed test of the file's own name.
    const isFile = data.nesting === 0 && data.file && resolve(data.name) === data.file
    const isSuite = data.details.type === 'suite'
    // A suite whose tests failed has been counted by them; one whose hook failed has not.
    const { failureType } = data.details.error || {}

    if (type === 'test:fail' && data.todo === undefined) {
      if (!isSuite || failureType !== 'subtestsFailed') failed += 1
    } else if (isFile) emptyFiles.push(data.file)
    else if (data.skip !== undefined || data.todo !== undefined) skipped += isSuite ? 0 : 1
    else if (!isSuite) passed += 1
  }
  yield JSON.stringify({ passed, failed, skipped, emptyFiles })
}
