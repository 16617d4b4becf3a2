// What tests of Nest apps need. What must not live here: controllers and modules, which the tests bring.
import { NestFactory } from '@nestjs/core'

/** What decorators do, which JavaScript has no syntax for yet. */
export function decorate(Class, name, ...decorators) {
  const descriptor = Object.getOwnPropertyDescriptor(Class.prototype, name)
  for (const decorator of decorators) decorator(Class.prototype, name, descriptor)
}

/** Serves the app of a module on a free port until the test is over; resolves to both it and a function that fetches. */
export async function listen(t, AppModule) {
  const app = await NestFactory.create(AppModule, { logger: false })
  t.after(() => app.close())
  await app.listen(0, '127.0.0.1')
  const address = await app.getUrl()
  const request = (path, method = 'GET') =>
    fetch(address + path, { method, headers: { connection: 'close' } })
  return { app, request }
}
