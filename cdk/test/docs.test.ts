// The programs that the documents show do what is said of them.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { pathToFileURL } from 'node:url'
import { CDK, REPOSITORY, temporaryFolder } from './app.ts'

const read = (name: string) => readFileSync(join(REPOSITORY, name), 'utf8')

/** The blocks of this language on a page. */
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

test('docs/migration.md: the loader for Next.js', () => {
  const page = read('docs/migration.md')
  const [loader = '', config = '', ...others] = blocks('docs/migration.md', 'js')
  assert.equal(others.length, 0)
  const folder = temporaryFolder()
  const [, name = ''] = /^\/\/ (\S+)\n/.exec(loader) ?? []
  // Next.js compiles it, as a module.
  const file = join(folder, name.replace(/\.js$/, '.mjs'))
  writeFileSync(file, loader)
  const call = (asked: object) =>
    run(`import loader from '${pathToFileURL(file).href}'\nconsole.log(loader(${JSON.stringify(asked)}))`)
  const [, query = ''] = /^\| `\/_next\/image[^|]+\| `([^`]+)` \|/m.exec(page) ?? []
  assert.equal(
    call({ src: '/photos/cat.jpg', width: 640, quality: 75 }),
    `https://cdn.example.com/photos/cat.jpg${query}`,
  )
  assert.equal(call({ src: '/photos/cat.jpg', width: 640 }), 'https://cdn.example.com/photos/cat.jpg?w=640')

  writeFileSync(join(folder, 'next.config.cjs'), config)
  const images = JSON.parse(
    run(
      `import config from '${pathToFileURL(join(folder, 'next.config.cjs')).href}'\nconsole.log(JSON.stringify(config.images))`,
    ),
  )
  assert.deepEqual(images, { loader: 'custom', loaderFile: `./${name}` })
})
