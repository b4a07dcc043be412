// CloudFront's Origin Shield. The functions behind the origin run in its region, and write their logs there.

/**
 * The nearest region with Origin Shield for each region, from "Choosing the AWS Region for your Origin Shield" in the
 * CloudFront developer guide. A region that maps to itself has Origin Shield.
 */
const NEAREST: Readonly<Record<string, string>> = {
  'us-east-1': 'us-east-1',
  'us-east-2': 'us-east-2',
  'us-west-2': 'us-west-2',
  'ap-south-1': 'ap-south-1',
  'ap-northeast-1': 'ap-northeast-1',
  'ap-northeast-2': 'ap-northeast-2',
  'ap-southeast-1': 'ap-southeast-1',
  'ap-southeast-2': 'ap-southeast-2',
  'eu-central-1': 'eu-central-1',
  'eu-west-1': 'eu-west-1',
  'eu-west-2': 'eu-west-2',
  'sa-east-1': 'sa-east-1',
  'af-south-1': 'eu-west-1',
  'ap-east-1': 'ap-southeast-1',
  'ca-central-1': 'us-east-1',
  'eu-north-1': 'eu-west-2',
  'eu-south-1': 'eu-central-1',
  'eu-west-3': 'eu-west-2',
  'me-south-1': 'ap-south-1',
  'us-west-1': 'us-west-2',
}

/**
 * Whether there is an Origin Shield, and where: `true` for the region nearest to the bucket, `false` for none, or a
 * region.
 */
export type Shield = boolean | string

/** Returns the region of the Origin Shield for a bucket in `bucketRegion`, or `undefined` for none. */
export function shieldRegion(shield: Shield, bucketRegion: string): string | undefined {
  if (shield === false) return undefined
  const asked = shield === true ? bucketRegion : shield
  const nearest = NEAREST[asked]
  if (shield === true) {
    if (nearest) return nearest
    throw new Error(
      `originShield: lib/shield.ts has no region with Origin Shield for ${bucketRegion}; ` +
        `set one of ${withShield().join(', ')}, or false`,
    )
  }
  if (nearest && nearest !== asked) {
    throw new Error(`originShield: ${asked} has no Origin Shield; the nearest region with one is ${nearest}`)
  }
  // A region that is missing in the table may have Origin Shield by now.
  if (!/^[a-z]{2}-[a-z]+-\d$/.test(asked)) {
    throw new Error(`originShield: ${JSON.stringify(asked)} is not a region; set one of ${withShield().join(', ')}`)
  }
  return asked
}

function withShield(): string[] {
  return Object.keys(NEAREST).filter((region) => NEAREST[region] === region)
}
