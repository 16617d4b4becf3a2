// A page that counts how often it is rendered. What must not live here: what is not cached.
import { createElement as h } from 'react'
import { cacheLife, cacheTag } from 'next/cache'

async function Post({ id }) {
  'use cache'
  cacheTag('posts', `post:${id}`)
  cacheLife({ stale: 300, revalidate: 3600, expire: 86_400 })
  globalThis.renders = (globalThis.renders ?? 0) + 1
  return h('p', null, `post ${id}, rendering ${globalThis.renders}.`)
}

export const generateStaticParams = () => [{ id: 'built' }]

export default async function Page({ params }) {
  const { id } = await params
  return h(Post, { id })
}
