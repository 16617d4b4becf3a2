// The figures of an app in front of a server, as docs/scaling.md has them.
// Lives here: the table. How the figures come about belongs in ../scaling.mjs.
import { circumstancesInWords, duration, markdown } from '../report.mjs'

const NS_PER_MS = 1e6

export const scalingTables = (results) => ({
  scaling: [
    circumstancesInWords(results),
    markdown(
      ['threads, L1', 'requests/s', 'p50', 'p99', 'CPU', 'server reads per 1000'],
      results.cells.map(
        ({ threads, label, perSecond, p50, p99, cpuMicroseconds, serverReadsPerThousand }) => [
          `${threads}, ${label}`,
          Math.round(perSecond).toLocaleString('en-US'),
          duration(p50 * NS_PER_MS),
          duration(p99 * NS_PER_MS),
          duration(cpuMicroseconds * 1000),
          Math.round(serverReadsPerThousand).toLocaleString('en-US'),
        ],
      ),
      { numbers: true },
    ),
  ].join('\n\n'),
})
