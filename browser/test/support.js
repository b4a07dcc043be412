// The program `ridge serve` and Debian's Chromium.

import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before } from 'node:test'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..')

/** The folder for screenshots, for people to look at. */
export const SCREENSHOTS = join(ROOT, 'browser/screenshots')

/** Returns one of the sample images. */
export const sample = (name) => readFile(join(ROOT, 'testdata/photos', name))

/**
 * Returns the fixtures of a suite: the `url` of a `ridge serve` with this configuration and a bucket of its own, and a
 * `browser`. Called in the suite's body, it starts both before the tests and ends them after. `originals` are the
 * bucket's originals by name; without them the bucket has the samples.
 */
export function serving(config = {}, originals = undefined) {
  const here = {}
  before(async () => {
    here.data = await mkdtemp(join(tmpdir(), 'ridge-browser-'))
    await writeFile(join(here.data, 'ridge.json'), JSON.stringify(config))
    await serve(here, originals)
    here.browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium' })
  })
  after(async () => {
    await here.browser?.close()
    here.child?.kill('SIGKILL')
    await rm(here.data, { recursive: true, force: true })
  })
  return here
}

async function serve(here, originals) {
  const folder = join(here.data, 'originals')
  if (originals) await mkdir(folder)
  for (const [name, bytes] of Object.entries(originals ?? {})) await writeFile(join(folder, name), bytes)
  const program = process.env.RIDGE ?? join(ROOT, 'target/debug/ridge')
  const options = { cwd: here.data, stdio: ['ignore', 'pipe', 'inherit'] }
  const from = originals ? ['--originals', folder] : []
  here.child = spawn(program, ['serve', '--port', '0', '--admin-port', '0', '--data', here.data, ...from], options)
  here.url = await new Promise((resolve, reject) => {
    here.child.once('error', reject)
    here.child.once('exit', (status) => reject(new Error(`ridge serve ended with ${status}`)))
    createInterface(here.child.stdout).on('line', (line) => {
      const [, found] = /^CloudFront +(\S+)/.exec(line) ?? []
      if (found) resolve(found)
    })
  })
}

/** Opens the playground; `hash` follows `#` in the URL. The page records its errors and all responses. */
export async function open({ browser, url }, hash = '', options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  const page = await context.newPage()
  page.complaints = []
  page.elsewhere = []
  page.answers = new Map()
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) page.complaints.push(message.text())
  })
  page.on('pageerror', (error) => page.complaints.push(error.message))
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url())
    if (protocol !== 'blob:' && protocol !== 'data:' && origin !== url) page.elsewhere.push(request.url())
  })
  page.on('response', (response) => page.answers.set(response.url(), response))
  await page.goto(hash ? `${url}/#${hash}` : url)
  await settled(page)
  return page
}

/** Waits until no request is running. */
export async function settled(page) {
  await page.waitForFunction(() => document.body.getAttribute('aria-busy') === 'false', null, { timeout: 30_000 })
}

/** Runs an action that changes the URL, and waits for the image. */
export async function change(page, action) {
  const before = await address(page)
  await action()
  await page.waitForFunction((old) => document.querySelector('#addresses code').textContent !== old, before)
  await settled(page)
}

/** The URL that the page shows. */
export const address = (page) => page.locator('#addresses code').first().textContent()

/** Returns the variant on the screen, and the server's response. */
export async function shown(page) {
  const url = await address(page)
  const picture = await page
    .locator('.swipe img')
    .first()
    .evaluate((image) => {
      const canvas = document.createElement('canvas')
      canvas.width = 32
      canvas.height = 32
      const context = canvas.getContext('2d')
      context.drawImage(image, 0, 0, 32, 32)
      const pixels = [...context.getImageData(0, 0, 32, 32).data]
      return { width: image.naturalWidth, height: image.naturalHeight, pixels }
    })
  const answer = page.answers.get(url)
  return { url, path: new URL(url).pathname + new URL(url).search, type: answer?.headers()['content-type'], ...picture }
}

/** Returns the difference of two images: the mean difference of their pixels, 0 to 255. */
export function apart(one, other) {
  const sum = one.pixels.reduce((sum, value, index) => sum + Math.abs(value - other.pixels[index]), 0)
  return sum / one.pixels.length
}

/** Drops a file onto the page. */
export async function drop(page, name, bytes) {
  const transfer = await page.evaluateHandle(
    ([name, text]) => {
      const transfer = new DataTransfer()
      const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
      transfer.items.add(new File([bytes], name))
      return transfer
    },
    [name, bytes.toString('base64')],
  )
  for (const event of ['dragover', 'drop']) await page.dispatchEvent('body', event, { dataTransfer: transfer })
}

/** Takes a screenshot of the page, for people to look at. */
export async function screenshot(page, name, options = {}) {
  await mkdir(SCREENSHOTS, { recursive: true })
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), ...options })
}
