// The code to copy belongs to the shown variant, and works where it is pasted.

import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { address, change, open, serving } from './support.js'

const CHROME = { accept: 'image/avif,image/webp,*/*' }

describe('code to copy', () => {
  const here = serving()
  let page
  before(async () => {
    page = await open(here, '/photos/dandelion.jpg?w=200&h=100&q=70&g=20.30', {
      permissions: ['clipboard-read', 'clipboard-write'],
    })
  })

  async function copied(name) {
    await page.getByRole('button', { name: `Copy ${name}` }).click()
    await page.getByRole('button', { name: `Copied ${name}` }).waitFor()
    return page.evaluate(() => navigator.clipboard.readText())
  }

  const language = async (label) => {
    await page.getByLabel(label, { exact: true }).check()
    return copied('Code')
  }

  test('the URL', async () => {
    const text = await copied('URL')
    assert.equal(text, await address(page))
    assert.equal(text, `${here.url}/photos/dandelion.jpg?w=200&h=100&g=20.30&q=70`)
    assert.equal((await fetch(text, { headers: CHROME })).status, 200)
  })

  test('the canonical path of the server', async () => {
    const text = await copied('Canonical path')
    assert.equal(text, '/w_200/h_100/g_20.30/q_70/webp/photos/dandelion.jpg')
    const both = [text, '/photos/dandelion.jpg?w=200&h=100&q=70&g=20.30']
    const [one, other] = await Promise.all(both.map((path) => fetch(here.url + path, { headers: CHROME })))
    assert.equal(one.headers.get('etag'), other.headers.get('etag'))
  })

  test('HTML that works in a page', async () => {
    const text = await language('HTML')
    const shown = await pasted(text)
    assert.deepEqual(shown, {
      current: `${here.url}/photos/dandelion.jpg?w=200&h=100&g=20.30&q=70`,
      width: 200,
      height: 100,
    })
    const dense = await pasted(text, { deviceScaleFactor: 2 })
    assert.match(dense.current, /&dpr=2$/)
  })

  test('a <picture> that names its formats', async () => {
    const shown = await pasted(await language('<picture>'))
    assert.match(shown.current, /[?&]f=webp(&|$)/)
    assert.deepEqual([shown.width, shown.height], [200, 100])
  })

  test('a loader for Next.js', async () => {
    const text = await language('Next.js')
    const { default: loader } = await import(`data:text/javascript,${encodeURIComponent(text)}`)
    const made = loader({ src: '/photos/dandelion.jpg', width: 400 })
    assert.equal(new URL(made).search, '?w=400&h=200&g=20.30&q=70')
    assert.equal(new URL(loader({ src: '/a.jpg', width: 400, quality: 30 })).searchParams.get('q'), '30')
    assert.equal((await fetch(made, { headers: CHROME })).status, 200)
  })

  test('with a width alone, srcset has suitable widths', async () => {
    await change(page, () => page.getByLabel('Leave out Height').click())
    const shown = await pasted(await language('HTML'), { viewport: { width: 700, height: 500 } })
    assert.match(shown.current, /\?w=800&g=20\.30&q=70$/)
    const { default: loader } = await import(`data:text/javascript,${encodeURIComponent(await language('Next.js'))}`)
    assert.equal(new URL(loader({ src: '/a.jpg', width: 400 })).search, '?w=400&g=20.30&q=70')
  })

  /** Returns what a page with this markup shows. */
  async function pasted(markup, options = {}) {
    const context = await here.browser.newContext(options)
    const other = await context.newPage()
    await other.setContent(`<!doctype html><body style="margin: 0">${markup}`)
    const image = other.locator('img')
    await image.evaluate((it) => it.decode())
    const shown = await image.evaluate(({ currentSrc, width, height }) => ({ current: currentSrc, width, height }))
    await context.close()
    return shown
  }
})
