import assert from 'node:assert/strict'
import test from 'node:test'
import * as acm from 'aws-cdk-lib/aws-certificatemanager'
import { imagesWith, templateWith, VARIANTS } from './app.ts'

function config(settings: Record<string, unknown> = {}) {
  const found = Object.values(templateWith(settings).findResources('AWS::CloudFront::Distribution'))
  assert.equal(found.length, 1)
  return found[0]?.Properties.DistributionConfig
}

function policyConfig(type: string, name: string) {
  const found = Object.values(templateWith().findResources(`AWS::CloudFront::${type}`))
  assert.equal(found.length, 1)
  const { Name, Comment, ...rest } = found[0]?.Properties[name] ?? {}
  return rest
}

test('HTTPS, HTTP/2 and HTTP/3, GET and HEAD, no compression', () => {
  const { HttpVersion, IPV6Enabled, Enabled, PriceClass, DefaultCacheBehavior: behaviour, ...rest } = config()
  assert.deepEqual([HttpVersion, IPV6Enabled, Enabled, PriceClass], ['http2and3', true, true, 'PriceClass_100'])
  assert.equal(behaviour.ViewerProtocolPolicy, 'redirect-to-https')
  assert.deepEqual(behaviour.AllowedMethods, ['GET', 'HEAD'])
  assert.equal(behaviour.Compress, false)
  assert.equal(behaviour.OriginRequestPolicyId, undefined)
  // One behaviour for all paths, since the path decides by itself; nothing is served for `/`.
  assert.equal(rest.CacheBehaviors, undefined)
  assert.equal(rest.DefaultRootObject, undefined)
})

test('each event has its own version', () => {
  const associations = config().DefaultCacheBehavior.LambdaFunctionAssociations as {
    EventType: string
    LambdaFunctionARN: { Ref: string }
    IncludeBody?: boolean
  }[]
  const found = associations.map(({ EventType, LambdaFunctionARN, IncludeBody }) => [
    EventType,
    LambdaFunctionARN.Ref.replace(/[0-9A-F]{8}[0-9a-f]+$/, ''),
    IncludeBody,
  ])
  assert.deepEqual(found, [
    ['viewer-request', 'ImagesViewerRequestCurrentVersion', undefined],
    ['origin-response', 'ImagesOriginResponseCurrentVersion', undefined],
  ])
})

test('CloudFront reads the bucket as itself, by way of the Origin Shield in its region', () => {
  const [origin, ...more] = config().Origins
  assert.deepEqual(more, [])
  assert.ok(origin.OriginAccessControlId['Fn::GetAtt'])
  assert.deepEqual(origin.S3OriginConfig, { OriginAccessIdentity: '' })
  assert.equal(origin.OriginPath, undefined)
  const headers = Object.fromEntries(
    origin.OriginCustomHeaders.map((header: { HeaderName: string; HeaderValue: unknown }) => [
      header.HeaderName,
      header.HeaderValue,
    ]),
  )
  assert.deepEqual(Object.keys(headers), ['x-ridge-bucket', 'x-ridge-region'])
  assert.ok(headers['x-ridge-bucket'].Ref)
  assert.equal(headers['x-ridge-region'], 'us-east-1')
  assert.deepEqual(origin.OriginShield, { Enabled: true, OriginShieldRegion: 'us-east-1' })
  assert.deepEqual(policyConfig('OriginAccessControl', 'OriginAccessControlConfig'), {
    OriginAccessControlOriginType: 's3',
    SigningBehavior: 'always',
    SigningProtocol: 'sigv4',
  })
  assert.deepEqual(config({ originShield: 'false' }).Origins[0].OriginShield, { Enabled: false })
})

test('the path is the whole cache key, and Cache-Control decides', () => {
  assert.deepEqual(policyConfig('CachePolicy', 'CachePolicyConfig'), {
    MinTTL: 0,
    DefaultTTL: 86_400,
    MaxTTL: 31_536_000,
    ParametersInCacheKeyAndForwardedToOrigin: {
      CookiesConfig: { CookieBehavior: 'none' },
      HeadersConfig: { HeaderBehavior: 'none' },
      QueryStringsConfig: { QueryStringBehavior: 'none' },
      EnableAcceptEncodingBrotli: false,
      EnableAcceptEncodingGzip: false,
    },
  })
})

/** A policy with CORS headers manages `Vary` itself, and drops `Vary: Accept` without a word. */
test('headers that CloudFront adds: none of CORS, which would cost Vary', () => {
  assert.deepEqual(policyConfig('ResponseHeadersPolicy', 'ResponseHeadersPolicyConfig'), {
    CustomHeadersConfig: { Items: [{ Header: 'Vary', Value: 'Accept', Override: true }] },
    SecurityHeadersConfig: {
      ContentTypeOptions: { Override: true },
      ContentSecurityPolicy: { ContentSecurityPolicy: "default-src 'none'; sandbox", Override: true },
    },
  })
})

test('HTTP/2 and HTTP/3, or what a setting says', () => {
  for (const version of ['http1.1', 'http2', 'http3', 'http2and3']) {
    assert.equal(config({ httpVersion: version }).HttpVersion, version)
  }
  assert.throws(() => config({ httpVersion: '3' }), /httpVersion must be http1\.1, http2, http2and3, http3; got "3"/)
})

test('no failure is kept; a missing original is, for ten seconds', () => {
  const kept = (config().CustomErrorResponses as { ErrorCode: number; ErrorCachingMinTTL: number }[]).map(
    ({ ErrorCode, ErrorCachingMinTTL, ...rest }) => {
      assert.deepEqual(rest, {}, 'the answer itself is not replaced')
      return [ErrorCode, ErrorCachingMinTTL]
    },
  )
  // All statuses that CloudFront takes here: see CustomErrorResponse in its API reference.
  const expected = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504].map((status) => [
    status,
    status === 403 || status === 404 ? 10 : 0,
  ])
  assert.deepEqual(kept, expected)
})

test('what is cached can be purged by tag', () => {
  assert.deepEqual(config().CacheTagConfig, { HeaderName: 'Cache-Tag' })
})

test('names of your own come with a certificate and TLS 1.2', () => {
  const { Aliases, ViewerCertificate, PriceClass } = config(VARIANTS['everything on'])
  assert.deepEqual(Aliases, ['a.example.com', 'b.example.com'])
  assert.equal(ViewerCertificate.MinimumProtocolVersion, 'TLSv1.2_2021')
  assert.equal(ViewerCertificate.SslSupportMethod, 'sni-only')
  assert.match(ViewerCertificate.AcmCertificateArn, /^arn:aws:acm:us-east-1:/)
  assert.equal(PriceClass, 'PriceClass_All')
  assert.equal(config().Aliases, undefined)
})

test('names and certificate go together', () => {
  const arn = 'arn:aws:acm:us-east-1:123456789012:certificate/x'
  const { stack } = imagesWith()
  const certificate = acm.Certificate.fromCertificateArn(stack, 'Certificate', arn)
  assert.throws(() => imagesWith({ domainNames: ['a.example.com'] }), /a\.example\.com requires a certificate/)
  assert.throws(() => imagesWith({ certificate }), /list its names in domainNames/)
  assert.throws(() => imagesWith({ certificate, domainNames: [] }), /leave it out, or name at least one/)
})

test('the outputs are a domain, a URL to try and the bucket', () => {
  const outputs = templateWith().findOutputs('*')
  assert.deepEqual(Object.keys(outputs).sort(), ['Bucket', 'CleanUp', 'Domain', 'Example'])
  assert.match(JSON.stringify(outputs.Example?.Value), /"https:\/\/",.*"\/photos\/cat\.jpg\?w=400"/)
  const own = templateWith(VARIANTS['everything on']).findOutputs('Example').Example?.Value
  assert.equal(own, 'https://a.example.com/photos/cat.jpg?w=400')
})
