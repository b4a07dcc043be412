// What pages of other sites can do with images, and what an original that is a page cannot do.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, suite, test } from 'node:test'
import { sample, serving } from './support.js'

const DRAWING = `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10">
  <style>rect { fill: rgb(0 128 0) }</style>
  <rect width="20" height="10"/><rect style="fill: rgb(0 0 255)" width="5" height="5"/>
  <script>document.documentElement.setAttribute('data-ran', '1')</script>
</svg>`

const PAGE = "<!doctype html><title>still</title><script>document.title = 'ran'</script>"

/** Draws an image into a canvas and reads a pixel, which browsers refuse for an image without CORS. */
async function draw([url, x, y]) {
  const image = new Image()
  image.crossOrigin = 'anonymous'
  image.src = url
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = image.naturalWidth
  canvas.height = image.naturalHeight
  const context = canvas.getContext('2d')
  context.drawImage(image, 0, 0)
  return [...context.getImageData(x, y, 1, 1).data]
}

suite('elsewhere', async () => {
  const here = serving({}, { 'cat.jpg': await sample('brook.jpg'), 'drawing.svg': DRAWING, 'page.html': PAGE })
  let site
  let page

  before(async () => {
    // A page that shows only resources of other sites that allow it.
    const headers = { 'content-type': 'text/html', 'cross-origin-embedder-policy': 'require-corp' }
    site = createServer((_, response) => response.writeHead(200, headers).end('<!doctype html>'))
    await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve))
    page = await here.browser.newPage()
    await page.goto(`http://127.0.0.1:${site.address().port}/`)
  })
  after(() => site?.close())

  test('a canvas reads variants and originals', async () => {
    for (const path of ['/cat.jpg?w=20', '/cat.jpg?w=21&f=png', '/cat.jpg']) {
      const pixel = await page.evaluate(draw, [here.url + path, 0, 0])
      assert.equal(pixel[3], 255, path)
    }
  })

  test('an SVG original is shown with its styles', async () => {
    assert.deepEqual(await page.evaluate(draw, [`${here.url}/drawing.svg`, 10, 8]), [0, 128, 0, 255])
    assert.deepEqual(await page.evaluate(draw, [`${here.url}/drawing.svg`, 2, 2]), [0, 0, 255, 255])
  })

  test('an image without crossorigin is shown in a page that requires permission', async () => {
    const width = await page.evaluate(async (url) => {
      const image = new Image()
      image.src = url
      await image.decode()
      return image.naturalWidth
    }, `${here.url}/cat.jpg?w=22`)
    assert.equal(width, 22)
  })

  test('fetch reads metadata and errors', async () => {
    for (const [path, status, begin] of [
      ['/cat.jpg?f=json', 200, '{"width":'],
      ['/cat.jpg?w=0', 400, 'w must be'],
      ['/none.jpg?w=20', 404, 'there is no original'],
    ]) {
      const answer = await page.evaluate(async (url) => {
        const response = await fetch(url)
        return [response.status, await response.text()]
      }, here.url + path)
      assert.equal(answer[0], status, path)
      assert.ok(answer[1].startsWith(begin), answer[1])
    }
  })

  test('an HTML original runs no scripts, and images can be opened', async () => {
    const opened = await here.browser.newPage()
    await opened.goto(`${here.url}/page.html`)
    assert.equal(await opened.title(), 'still')
    await opened.goto(`${here.url}/drawing.svg`)
    const drawing = await opened.locator('svg').evaluate((svg) => [svg.getAttribute('data-ran'), self.origin])
    assert.deepEqual(drawing, [null, 'null'])
    for (const path of ['/cat.jpg?w=23', '/cat.jpg']) {
      await opened.goto(here.url + path)
      const image = opened.locator('img')
      assert.ok(
        await image.evaluate((shown) => shown.complete && shown.naturalWidth > 0 && shown.clientWidth > 0),
        path,
      )
    }
  })
})
