// What the test tells Next.js, and asks of the cache. What must not live here: pages.
import { SharedMemoryCache } from 'native-memory-cache'
import { revalidatePath, revalidateTag } from 'next/cache'

export async function POST(request) {
  const { path, tag, profile } = await request.json()
  if (path) revalidatePath(path)
  if (tag) revalidateTag(tag, profile)
  const keys = globalThis.cacheOfHandlers?.keys() ?? []
  return Response.json({ keys, names: SharedMemoryCache.names() })
}
