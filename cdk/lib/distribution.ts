// The distribution: CloudFront in front of the bucket, with the two functions.
import { Duration } from 'aws-cdk-lib'
import type * as acm from 'aws-cdk-lib/aws-certificatemanager'
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront'
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins'
import type * as lambda from 'aws-cdk-lib/aws-lambda'
import type * as s3 from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import { contract } from './contract.ts'

/**
 * The minimum time that CloudFront caches an error, in seconds, for every status that it accepts here. With 0, the
 * response's `Cache-Control` decides. The default is 10 s for each status, also for a failure that has ended.
 */
const ERROR_SECONDS: Readonly<Record<number, number>> = {
  400: 0,
  // S3's response for a missing original has no Cache-Control. The functions' response for its variants has this one.
  403: contract.errors.missing.cacheSeconds,
  404: contract.errors.missing.cacheSeconds,
  405: 0,
  414: 0,
  416: 0,
  500: 0,
  501: 0,
  502: 0,
  503: 0,
  504: 0,
}

export interface RidgeDistributionProps {
  readonly bucket: s3.IBucket
  readonly bucketRegion: string
  readonly shieldRegion: string | undefined
  readonly viewerRequest: lambda.IVersion
  readonly originResponse: lambda.IVersion
  readonly domainNames: string[] | undefined
  readonly certificate: acm.ICertificate | undefined
  readonly priceClass: cloudfront.PriceClass
  readonly httpVersion: cloudfront.HttpVersion
  readonly additionalMetrics: boolean
}

export class RidgeDistribution extends Construct {
  readonly distribution: cloudfront.Distribution

  constructor(scope: Construct, id: string, props: RidgeDistributionProps) {
    super(scope, id)
    this.distribution = new cloudfront.Distribution(this, 'Resource', {
      comment: 'Ridge',
      defaultBehavior: {
        origin: this.origin(props),
        viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        allowedMethods: cloudfront.AllowedMethods.ALLOW_GET_HEAD,
        cachePolicy: this.cachePolicy(),
        responseHeadersPolicy: this.responseHeadersPolicy(),
        // Images are compressed already.
        compress: false,
        edgeLambdas: [
          { eventType: cloudfront.LambdaEdgeEventType.VIEWER_REQUEST, functionVersion: props.viewerRequest },
          { eventType: cloudfront.LambdaEdgeEventType.ORIGIN_RESPONSE, functionVersion: props.originResponse },
        ],
      },
      httpVersion: props.httpVersion,
      priceClass: props.priceClass,
      publishAdditionalMetrics: props.additionalMetrics,
      errorResponses: Object.entries(ERROR_SECONDS).map(([status, seconds]) => ({
        httpStatus: Number(status),
        ttl: Duration.seconds(seconds),
      })),
      ...(props.domainNames ? { domainNames: props.domainNames } : {}),
      // Without a custom certificate CloudFront ignores the minimum TLS version.
      ...(props.certificate
        ? {
            certificate: props.certificate,
            minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
          }
        : {}),
    })
    const resource = this.distribution.node.defaultChild as cloudfront.CfnDistribution
    // The construct has no property for it.
    resource.addPropertyOverride('DistributionConfig.CacheTagConfig', { HeaderName: contract.headers.cacheTag })
  }

  private origin({ bucket, bucketRegion, shieldRegion }: RidgeDistributionProps): cloudfront.IOrigin {
    const access = new cloudfront.S3OriginAccessControl(this, 'Access', { signing: cloudfront.Signing.SIGV4_ALWAYS })
    // The bucket's policy is created with the bucket, which may be in another stack or outside of the app.
    return S3BucketOrigin.withBucketDefaults(bucket, {
      originAccessControlId: access.originAccessControlId,
      // How origin-response knows where it reads and writes: the domain name need not contain both, and the function may
      // run in another region.
      customHeaders: { [contract.headers.bucket]: bucket.bucketName, [contract.headers.region]: bucketRegion },
      ...(shieldRegion ? { originShieldRegion: shieldRegion } : { originShieldEnabled: false }),
    })
  }

  /** The canonical path is the whole cache key. `Cache-Control` sets the TTL, up to a year. */
  private cachePolicy(): cloudfront.CachePolicy {
    return new cloudfront.CachePolicy(this, 'CachePolicy', {
      comment: 'Ridge: cache key is the path; Cache-Control sets the TTL',
      minTtl: Duration.seconds(0),
      defaultTtl: Duration.days(1),
      maxTtl: Duration.days(365),
      queryStringBehavior: cloudfront.CacheQueryStringBehavior.none(),
      headerBehavior: cloudfront.CacheHeaderBehavior.none(),
      cookieBehavior: cloudfront.CacheCookieBehavior.none(),
      enableAcceptEncodingGzip: false,
      enableAcceptEncodingBrotli: false,
    })
  }

  private responseHeadersPolicy(): cloudfront.ResponseHeadersPolicy {
    return new cloudfront.ResponseHeadersPolicy(this, 'ResponseHeadersPolicy', {
      comment: 'Ridge: Vary, nosniff, CSP',
      // CloudFront removes `Vary: Accept` from the origin's response, because Accept is not forwarded to the origin. A
      // policy with CORS headers manages Vary by itself and silently drops this one (ttoss/ttoss#1205), so the
      // functions set `Access-Control-Allow-Origin`.
      customHeadersBehavior: { customHeaders: [{ header: 'Vary', value: 'Accept', override: true }] },
      securityHeadersBehavior: {
        contentTypeOptions: { override: true },
        // No original, whatever its type, may run scripts, load anything or act as its site.
        contentSecurityPolicy: { contentSecurityPolicy: contract.headers.contentSecurityPolicy, override: true },
      },
    })
  }
}
