// A server for a test, and a browser of few words that keeps its cookies.
// What must not live here: apps, which the tests bring.
import { once } from 'node:events'
import { createServer } from 'node:http'

/** Serves the app on a free port until the test is over; resolves to its address. */
export async function serve(t, app) {
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${server.address().port}`
}

/** Requests paths of `address`, or of another one, with the cookie that it was given last. */
export function browser(address) {
  const seen = { cookie: undefined }
  const request = async (path, from = address) => {
    const headers = seen.cookie ? { cookie: seen.cookie } : {}
    const response = await fetch(from + path, { headers })
    const [given] = response.headers.getSetCookie()
    if (given) seen.cookie = given.split(';')[0]
    const text = await response.text()
    return { status: response.status, headers: response.headers, given, text }
  }
  return Object.assign(request, { seen })
}
