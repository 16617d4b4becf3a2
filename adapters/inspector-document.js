// The page of the inspector as the one document that a browser gets, and the policy under which it is shown.
// What must not live here: what the page holds, which is in inspector.html, inspector.css and inspector-page.js.
'use strict'

const { randomBytes } = require('node:crypto')
const { readFileSync } = require('node:fs')
const { join } = require('node:path')

const read = (path) => readFileSync(path, 'utf8')

// By functions: what a text says after a dollar sign would else be replaced.
const PAGE = read(join(__dirname, 'inspector.html'))
  .replace('/* inspector.css */', () => read(join(__dirname, 'inspector.css')))
  .replace('/* inspector-page.js */', () => read(join(__dirname, 'inspector-page.js')))

const policyWith = (nonce) =>
  `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; connect-src 'self'; ` +
  "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

/** The page with these facts, and the policy that fits its nonce. */
function makePage(facts) {
  const nonce = randomBytes(16).toString('base64')
  const page = PAGE.replaceAll('{{nonce}}', nonce).replace('{{facts}}', () => JSON.stringify(facts))
  return { page, policy: policyWith(nonce) }
}

module.exports = { makePage }
