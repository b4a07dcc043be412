//! What is in a bucket: originals, and the variants of one.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::str::FromStr as _;

use anyhow::anyhow;
use aws_sdk_s3::Client;
use aws_sdk_s3::error::DisplayErrorContext;
use aws_sdk_s3::operation::list_objects_v2::builders::ListObjectsV2FluentBuilder;
use aws_sdk_s3::types::{EncodingType, Object};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use percent_encoding::percent_decode_str;
use ridge_contract::params::{NO_WIDTH, PARAMS, Param};
use ridge_contract::{Key, Output, VariantPath};

/// So many folders are listed at once.
const AT_ONCE: usize = 16;

/// Before all variants, and some originals.
const VARIANTS: &str = "w_";

/// An original as a listing tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Original {
    pub(crate) key: Key,
    /// With its quotation marks.
    pub(crate) etag: Option<String>,
    /// In bytes.
    pub(crate) size: u64,
}

/// The objects that begin so and can be originals, in the order of their keys. One request for each thousand objects.
pub(crate) async fn originals(client: &Client, bucket: &str, prefix: &str) -> anyhow::Result<Vec<Original>> {
    let mut originals = Vec::new();
    each(client.list_objects_v2().bucket(bucket).prefix(prefix), |found| {
        if let Found::Object(key, object) = found
            && let Some(key) = Key::new(key).ok().filter(|key| !key.is_reserved())
        {
            let size = object.size().and_then(|size| u64::try_from(size).ok()).unwrap_or(0);
            originals.push(Original { key, etag: object.e_tag().map(str::to_owned), size });
        }
        ControlFlow::Continue(())
    })
    .await?;
    Ok(originals)
}

/// Where variants of an original may lie. S3 finds keys by their beginning only, and a variant's key ends with its
/// original's: so the parameters that are there are listed, level by level, as if they were folders. That is a request
/// for each `w_…/h_…/` that any original has, however many originals there are.
pub(crate) async fn places(client: &Client, bucket: &str, original: &Key) -> anyhow::Result<Vec<VariantPath>> {
    let mut places = Vec::new();
    let mut level = vec![VARIANTS.to_owned()];
    while !level.is_empty() {
        let folders = stream::iter(level).map(|prefix| folders(client, bucket, prefix)).buffer_unordered(AT_ONCE);
        let folders: Vec<Vec<String>> = folders.try_collect().await?;
        level = Vec::new();
        for folder in folders.into_iter().flatten() {
            let name = folder.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            if Output::from_str(name).is_ok() {
                let object = Key::new(format!("{folder}{original}")).ok();
                places.extend(object.and_then(|object| VariantPath::parse(&object.to_path()).ok()));
            } else if is_option(name) {
                level.push(folder);
            }
        }
    }
    places.retain(|place| place.original() == original);
    places.sort_by_cached_key(|place| (place.variant().options().width, place.to_string()));
    Ok(places)
}

async fn folders(client: &Client, bucket: &str, prefix: String) -> anyhow::Result<Vec<String>> {
    let mut folders = Vec::new();
    let list = client.list_objects_v2().bucket(bucket).prefix(prefix).delimiter("/");
    each(list, |found| {
        if let Found::Folder(folder) = found {
            folders.push(folder);
        }
        ControlFlow::Continue(())
    })
    .await?;
    Ok(folders)
}

/// Whether a segment can be one of a variant's path, before its format. Folders of originals are not walked through.
fn is_option(segment: &str) -> bool {
    segment.split_once('_').is_some_and(|(name, value)| {
        let is_value = |param: &Param| param.draft(value).is_some() || (name == "w" && value == NO_WIDTH);
        PARAMS.iter().any(|param| param.name == name && is_value(param))
    })
}

/// What a listing has.
pub(crate) enum Found<'a> {
    /// An object, and its key.
    Object(String, &'a Object),
    /// What some keys begin with.
    Folder(String),
}

/// Shows what a listing has, page by page, until it is enough. Keys come percent-encoded, for some characters have no place in XML, and
/// one such key would make the whole answer unreadable.
pub(crate) async fn each(
    list: ListObjectsV2FluentBuilder,
    mut seen: impl FnMut(Found) -> ControlFlow<()>,
) -> anyhow::Result<()> {
    let mut pages = list.encoding_type(EncodingType::Url).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| anyhow!("the bucket cannot be listed: {}", DisplayErrorContext(error)))?;
        // A server need not know of encodings.
        let is_encoded = page.encoding_type() == Some(&EncodingType::Url);
        let text = |text: &str| if is_encoded { decoded(text) } else { Some(text.to_owned()) };
        let objects = page.contents().iter().filter_map(|object| Some(Found::Object(text(object.key()?)?, object)));
        let folders = page.common_prefixes().iter().filter_map(|folder| Some(Found::Folder(text(folder.prefix()?)?)));
        if objects.chain(folders).try_for_each(&mut seen).is_break() {
            break;
        }
    }
    Ok(())
}

/// As forms are decoded: S3 writes a space as `+`.
pub(crate) fn decoded(text: &str) -> Option<String> {
    percent_decode_str(&text.replace('+', " ")).decode_utf8().ok().map(Cow::into_owned)
}
