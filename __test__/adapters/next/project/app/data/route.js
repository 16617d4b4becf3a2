// What another server has answered. What must not live here: that server, which is the test's.
import { connection } from 'next/server'

export async function GET() {
  await connection()
  const next = { tags: ['data'], revalidate: 3600 }
  const response = await fetch(process.env.DATA, { cache: 'force-cache', next })
  return new Response(await response.text())
}
