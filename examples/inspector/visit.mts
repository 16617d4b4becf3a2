// What the page in the browser asks of the inspector: its figures, keys by pattern, an entry, and to delete that.
// Lives here: these requests. Programs that want figures take them of the caches, or of the metrics adapters.
type Figures = { name: string; entries: number; hits: number; misses: number }

/** The first message of the stream of figures. */
async function readFigures(url: string): Promise<Figures[]> {
  const controller = new AbortController()
  const response = await fetch(`${url}/events`, { signal: controller.signal })
  let text = ''
  for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
    text += part
    if (text.endsWith('\n\n')) break
  }
  controller.abort()
  return (JSON.parse(text.slice(text.indexOf('{'))) as { caches: Figures[] }).caches
}

export async function visit(url: string, print: (line: string) => void): Promise<void> {
  for (const { name, entries, hits, misses } of await readFigures(url)) {
    print(`${name}: ${entries} entries, ${hits} hits, ${misses} misses`)
  }

  const page = await (await fetch(url)).text()
  const token = /"token":"([^"]+)"/.exec(page)?.[1] ?? ''
  const ask = async (action: string, body: object): Promise<Record<string, unknown>> => {
    const headers = {
      'content-type': 'application/json',
      'x-inspector-token': token,
      origin: new URL(url).origin,
    }
    const options = { method: 'POST', headers, body: JSON.stringify(body) }
    return (await fetch(`${url}/${action}`, options)).json() as Promise<Record<string, unknown>>
  }

  const { keys } = await ask('search', { cache: 'sessions', pattern: 'a*' })
  print(`keys that start with a: ${(keys as string[]).join(', ')}`)
  const entry = await ask('entry', { cache: 'sessions', key: 'ada' })
  print(`value: ${entry.value}, lifetime: ${Number(entry.ttl) / 60_000} minutes`)
  print(`deleted: ${(await ask('delete', { cache: 'sessions', key: 'ada' })).deleted}`)
  print(`then: ${(await ask('entry', { cache: 'sessions', key: 'ada' })).error}`)

  const elsewhere = await fetch(url, { headers: { 'x-forwarded-for': '10.0.0.1' } })
  print(`through a proxy: ${elsewhere.status}`)
}
