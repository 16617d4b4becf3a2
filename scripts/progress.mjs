// One line per piece of work: what runs, for how long, how it ended.
// Lives here: the line itself. On a terminal it overwrites itself while the work goes on; elsewhere
// it is printed once at the end, with a sign of life in between. What runs belongs in the callers.

const terminal = Boolean(process.stdout.isTTY)
const REDRAW_MS = terminal ? 200 : 15_000

function overwrite(text) {
  process.stdout.write(`\r\x1b[K${text.slice(0, (process.stdout.columns || 80) - 1)}`)
}

export function startProgress(label) {
  const started = Date.now()
  const elapsed = (digits) => `${((Date.now() - started) / 1000).toFixed(digits)} s`
  let detail = ''

  const draw = () => {
    if (terminal) overwrite(`...   ${label}  ${elapsed(0)}  ${detail}`)
    else console.log(`...   ${label}: ${elapsed(0)} so far`)
  }

  if (terminal) draw()
  const timer = setInterval(draw, REDRAW_MS)

  return {
    /** Takes a line of the work's output: on a terminal it shows beside the seconds. */
    see(line) {
      detail = line
    },
    end(mark, summary = '') {
      clearInterval(timer)
      if (terminal) overwrite('')
      console.log(`${mark.padEnd(5)} ${label.padEnd(74)} ${summary} (${elapsed(1)})`)
    },
  }
}
