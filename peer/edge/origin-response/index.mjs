// Renders a variant that is missing in S3: reads the original, resizes it, stores the variant, and returns it.

import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import sharp from 'sharp'

const PATH = /^\/w_(\d+|auto)(?:\/h_(\d+))?\/(webp|jpeg)\/(.+)$/
const DOMAIN = /^(.+)\.s3\.([^.]+)\.amazonaws\.com$/

let client

/** Returns the bucket's client, which later invocations reuse. */
function connect(region, endpoint) {
  client ??= new S3Client(endpoint ? { region, endpoint, forcePathStyle: true } : { region })
  return client
}

export const handler = async (event) => {
  const { request, response } = event.Records[0].cf
  const path = PATH.exec(request.uri)
  if (!path || !['403', '404'].includes(response.status)) return response
  const [, width, height, format, key] = path
  const { domainName, customHeaders } = request.origin.s3
  const [, Bucket, region] = DOMAIN.exec(domainName)
  const s3 = connect(region, customHeaders['x-ridge-endpoint']?.[0].value)

  const original = await s3.send(new GetObjectCommand({ Bucket, Key: decodeURIComponent(key) }))
  const picture = sharp(await original.Body.transformToByteArray()).autoOrient()
  picture.resize(width === 'auto' ? null : Number(width), height ? Number(height) : null, { withoutEnlargement: true })
  const body = await picture.toFormat(format, { quality: 80 }).toBuffer()

  const ContentType = `image/${format}`
  const CacheControl = 'public, max-age=31536000'
  const Key = decodeURIComponent(request.uri.slice(1))
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: body, ContentType, CacheControl }))

  response.status = '200'
  response.statusDescription = 'OK'
  response.headers['content-type'] = [{ key: 'Content-Type', value: ContentType }]
  response.headers['cache-control'] = [{ key: 'Cache-Control', value: CacheControl }]
  delete response.headers['content-length']
  response.body = body.toString('base64')
  response.bodyEncoding = 'base64'
  return response
}
