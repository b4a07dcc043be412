// The programs in the documents do what the documents say.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { pathToFileURL } from 'node:url'
import { CDK, REPOSITORY, temporaryFolder } from './app.ts'

const read = (name: string) => readFileSync(join(REPOSITORY, name), 'utf8')

/** Returns the blocks in this language on a page. */
const blocks = (page: string, language: string) =>
  [...read(page).matchAll(new RegExp(`\`\`\`${language}\n(.+?)\`\`\``, 'gs'))].map(([, code = '']) => code)

function run(code: string): string {
  const args = ['--import', 'tsx', '--input-type', 'module', '--eval', code]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: CDK, encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  return stdout.trim()
}

test('docs/signed-urls.md: the signer in TypeScript', () => {
  const [code = '', ...others] = blocks('docs/signed-urls.md', 'ts')
  assert.equal(others.length, 0)
  const { keys, vectors } = JSON.parse(read('signers/vectors.json'))
  const at = code.trimEnd().lastIndexOf('\n')
  const imports = code.slice(0, at).replace('./sign.ts', pathToFileURL(join(REPOSITORY, 'signers/sign.ts')).href)
  const program = `${imports}\nconst secret = ${JSON.stringify(keys[0].secret)}\nconsole.log(${code.slice(at)})`
  assert.equal(run(program), vectors[0].signed)
})

const FRAMEWORKS = 'docs/frameworks.md'
const CDN = 'https://cdn.example.com'

/** The programs of docs/frameworks.md, by the file name in the first comment of each. */
const programs = new Map(
  ['js', 'php']
    .flatMap((language) => blocks(FRAMEWORKS, language))
    .map((code) => [/^\/\/ (\S+)$/m.exec(code)?.[1], code]),
)

/** The packages of the frameworks, reduced to what the programs use. */
const PACKAGES: Readonly<Record<string, string>> = {
  '@nuxt/image/runtime': 'export const defineProvider = (setup) => () => setup',
  'astro/assets': 'export const baseService = { getSrcSet: () => [] }',
  'astro/config': 'export const defineConfig = (config) => config',
}

/** Runs `expression` with the default export of a program as `it`. */
function ask(name: string, expression: string) {
  const code = programs.get(name)
  assert.ok(code, `${FRAMEWORKS} has no ${name}`)
  const folder = temporaryFolder()
  for (const [specifier, text] of Object.entries(PACKAGES)) {
    const path = join(folder, 'node_modules', specifier)
    mkdirSync(path, { recursive: true })
    writeFileSync(join(path, 'package.json'), '{"type": "module", "exports": "./index.js"}')
    writeFileSync(join(path, 'index.js'), text)
  }
  // The name of a package includes the folders above it.
  const imports = code.replaceAll(/ from '([^.'][^']*)'/g, (whole, specifier: string) =>
    specifier in PACKAGES ? ` from './node_modules/${specifier}/index.js'` : whole,
  )
  const file = join(folder, code.includes('module.exports') ? 'program.cjs' : 'program.mjs')
  writeFileSync(file, imports)
  const globals = 'globalThis.defineNuxtConfig = (config) => config'
  const loaded = `const { default: it } = await import('${pathToFileURL(file).href}')`
  return JSON.parse(run(`${globals}\n${loaded}\nconsole.log(JSON.stringify(await (${expression})))`))
}

test('docs/frameworks.md: each program has a test here', () => {
  assert.deepEqual([...programs.keys()].sort(), [
    'astro.config.mjs',
    'next.config.js',
    'nuxt.config.js',
    'providers/ridge.js',
    'ridge-loader.js',
    'src/ridge.js',
    'wp-content/mu-plugins/ridge.php',
  ])
})

test('docs/frameworks.md: the loader for Next.js', () => {
  const page = read('docs/migration.md')
  const [, query = ''] = /^\| `\/_next\/image[^|]+\| `([^`]+)` \|/m.exec(page) ?? []
  const call = (asked: object) => ask('ridge-loader.js', `it(${JSON.stringify(asked)})`)
  assert.equal(call({ src: '/photos/cat.jpg', width: 640, quality: 75 }), `${CDN}/photos/cat.jpg${query}`)
  assert.equal(call({ src: '/photos/cat.jpg', width: 640 }), `${CDN}/photos/cat.jpg?w=640`)
  // Keys are encoded, and a query is kept.
  assert.equal(call({ src: '/photos/a cat é.jpg?g=n', width: 640 }), `${CDN}/photos/a%20cat%20%C3%A9.jpg?g=n&w=640`)
  const images = ask('next.config.js', 'it.images')
  assert.deepEqual(images, { loader: 'custom', loaderFile: './ridge-loader.js' })
})

test('docs/frameworks.md: the provider for Nuxt', () => {
  const { provider, providers } = ask('nuxt.config.js', 'it.image')
  const { options } = providers[provider]
  assert.equal(providers[provider].provider, `~~/providers/ridge.js`)
  const call = (modifiers: object) =>
    ask('providers/ridge.js', `it().getImage('/photos/cat.jpg', ${JSON.stringify({ modifiers, ...options })}).url`)
  assert.equal(call({ width: 640, height: 360 }), `${CDN}/photos/cat.jpg?w=640`)
  const all = { width: 640, height: 360, fit: 'cover', quality: 60, format: 'jpeg' }
  assert.equal(call(all), `${CDN}/photos/cat.jpg?w=640&h=360&fit=cover&q=60&f=jpeg`)
  assert.equal(call({}), `${CDN}/photos/cat.jpg`)
})

test('docs/frameworks.md: the image service for Astro', () => {
  const { entrypoint } = ask('astro.config.mjs', 'it.image.service')
  assert.ok(programs.has(entrypoint.replace('./', '')))
  const call = (options: object) => ask('src/ridge.js', `it.getURL(${JSON.stringify(options)})`)
  assert.equal(call({ src: '/photos/cat.jpg', width: 800, height: 450 }), `${CDN}/photos/cat.jpg?w=800`)
  const cropped = { src: { src: '/photos/cat.jpg' }, width: 400, height: 400, fit: 'cover', quality: 60 }
  assert.equal(call(cropped), `${CDN}/photos/cat.jpg?w=400&h=400&fit=cover&q=60`)
  assert.deepEqual(ask('src/ridge.js', 'it.getSrcSet()'), [])
})

test('docs/frameworks.md: the plugin for WordPress', () => {
  const file = join(temporaryFolder(), 'ridge.php')
  writeFileSync(file, programs.get('wp-content/mu-plugins/ridge.php') ?? '')
  const photo = 'https://www.example.com/wp-content/uploads/2026/11/cat'
  const here = `${CDN}/wp-content/uploads/2026/11/cat.jpg`
  const filter = (name: string, given: unknown) => {
    const add = 'function add_filter($name, $call) { global $calls; $calls[$name] = $call; }'
    const call = `echo json_encode($calls[$argv[1]](json_decode($argv[2], true)));`
    const code = `${add} require ${JSON.stringify(file)}; ${call}`
    const { status, stdout, stderr } = spawnSync('php', ['-r', code, name, JSON.stringify(given)], { encoding: 'utf8' })
    assert.equal(status, 0, stderr)
    return JSON.parse(stdout)
  }
  const attributes = filter('wp_get_attachment_image_attributes', { src: `${photo}-150x150.jpg`, alt: 'A cat' })
  assert.deepEqual(attributes, { src: `${here}?p=thumbnail`, alt: 'A cat' })
  const sources = { 300: { url: `${photo}-300x200.jpg`, descriptor: 'w', value: 300 } }
  assert.deepEqual(filter('wp_calculate_image_srcset', sources), {
    300: { url: `${here}?w=300`, descriptor: 'w', value: 300 },
  })
  assert.equal(
    filter('wp_content_img_tag', `<img class="a" src="${photo}-1024x683.jpg" alt="">`),
    `<img class="a" src="${here}?w=1024" alt="">`,
  )
  assert.equal(filter('wp_content_img_tag', `<img src="${photo}.jpg">`), `<img src="${here}">`)
  assert.equal(filter('wp_content_img_tag', `<img src="${photo}.svg">`), `<img src="${photo}.svg">`)
})
