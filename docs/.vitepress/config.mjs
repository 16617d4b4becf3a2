// The documentation site: what is on it, in which order, and where its links lead.
// Lives here: that alone. The pages are the files of docs/; api/ is generated from the types by typedoc.json.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'

const docs = fileURLToPath(new URL('..', import.meta.url))
const root = dirname(resolve(docs))

// Where the site will be, `/name/` for the pages of a project, and where its sources are.
const {
  DOCS_BASE: base = '/',
  DOCS_REPOSITORY: repository = '',
  DOCS_COMMIT: commit = 'HEAD',
} = process.env

const titleOf = (file) =>
  /^# (.+)$/m.exec(readFileSync(join(docs, file), 'utf8'))[1].replaceAll('`', '')
const page = (file, text = titleOf(file)) => ({ text, link: `/${file.replace(/\.md$/, '')}` })
const pagesIn = (folder) =>
  readdirSync(join(docs, folder))
    .filter((name) => name.endsWith('.md'))
    .toSorted()
    .map((name) => page(join(folder, name)))
const section = (text, items, collapsed) => ({ text, items, collapsed })

const guide = [
  section('Start', [
    page('guide/getting-started.md'),
    page('guide/sessions.md'),
    page('guide/rate-limits.md'),
    page('guide/worker-threads.md'),
  ]),
  section('Use', [
    page('guide/expiry.md'),
    page('guide/fetching.md'),
    page('guide/memoize.md'),
    page('guide/tags.md'),
    page('guide/hooks.md'),
    page('guide/memory.md'),
    page('eviction.md'),
    page('diagnostics.md'),
  ]),
  section('Run', [
    page('guide/testing.md'),
    page('guide/deployment.md'),
    page('bundlers.md'),
    page('snapshots.md', 'Restart: snapshots'),
    page('scaling.md', 'Scaling out'),
    page('loading.md'),
  ]),
  section(
    'Move from',
    ['humanspeak-memory-cache', 'lru-cache', 'node-cache', 'memorystore'].map((name) =>
      page(`guide/migrating/${name}.md`, name.replace('humanspeak-', '@humanspeak/')),
    ),
  ),
  section('Adapters', [page('guide/adapters.md', 'All adapters'), ...pagesIn('adapters')]),
]
const reference = [
  section('Reference', [
    page('reference/methods.md'),
    page('reference/options.md'),
    page('reference/differences.md', 'Differences'),
    page('reference/support.md'),
    { text: 'API', link: '/api/' },
  ]),
]
const sidebarOfApi = join(docs, 'api', 'typedoc-sidebar.json')
const api = existsSync(sidebarOfApi) ? JSON.parse(readFileSync(sidebarOfApi, 'utf8')) : []
const inside = [
  section('How it works', [
    page('architecture.md'),
    page('threads.md'),
    page('performance.md'),
    page('snapshot-format.md'),
    page('release.md'),
  ]),
  section('Decisions', pagesIn('decisions'), true),
]
const all = [...guide, ...reference, ...inside]

/** The anchor of a heading as GitHub has it, so that links hold there and here. */
const slugify = (heading) =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-')

/** The path in the repository of what a link names, if that is no page. */
function sourceOf(href, document) {
  if (/^(?:[a-z]+:|[#/])/.test(href)) return undefined
  const path = relative(root, resolve(dirname(document), href.replace(/#.*/, '')))
  return path.startsWith('docs/') && path.endsWith('.md') ? undefined : path
}

/** Links to what is no page, such as an example or a test, lead to the repository; where it is not known, they are plain text. */
function linkToSources(markdown) {
  markdown.core.ruler.push('links to sources', ({ tokens, env }) => {
    for (const { children } of tokens) {
      let inText = false
      for (const token of children ?? []) {
        if (token.type === 'link_open') {
          const source = sourceOf(token.attrGet('href'), env.path)
          inText = source !== undefined && !repository
          if (source) token.attrSet('href', `${repository}/blob/${commit}/${source}`)
        }
        if (inText && token.type.startsWith('link_'))
          Object.assign(token, { type: 'text', content: '' })
      }
    }
  })
}

export default defineConfig({
  title: 'native-memory-cache',
  description:
    'A cache for Node.js with a Rust core: lifetimes, LRU, stale values, tags, and one store for all worker threads',
  base,
  outDir: join(root, 'target', 'site'),
  cacheDir: join(root, 'target', 'site-cache'),
  srcExclude: ['node_modules/**'],
  markdown: {
    anchor: { slugify },
    config: linkToSources,
    // How a block for CommonJS is named in the documents of the adapters.
    languageAlias: { cts: 'ts' },
  },
  head: [['link', { rel: 'icon', href: `${base}icon.svg`, type: 'image/svg+xml' }]],
  // Their tables are text: on a telephone the cells of a row stand below each other.
  transformPageData({ relativePath, frontmatter }) {
    if (/^(?:adapters|guide|reference)\//.test(relativePath)) frontmatter.pageClass = 'rows'
  },
  themeConfig: {
    nav: [
      { text: 'Guide', link: '/guide/getting-started', activeMatch: '^/(guide|adapters)/' },
      { text: 'Reference', link: '/reference/methods', activeMatch: '^/reference/' },
      { text: 'API', link: '/api/', activeMatch: '^/api/' },
      { text: 'Performance', link: '/performance' },
    ],
    sidebar: { '/api/': [...reference, ...api], '/': all },
    outline: [2, 3],
    search: { provider: 'local' },
    socialLinks: repository ? [{ icon: 'github', link: repository }] : [],
    footer: { message: 'MIT licence' },
  },
})
