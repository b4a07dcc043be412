//! One table for the grammar, negotiation, and both forms of a URL.

use ridge_contract::{Accept, Config, Decision, Policy};

const CHROME: &str = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8";
const OLD: &str = "image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5";

/// URL (path and query), `Accept` lines separated by `|`, and the canonical path or, after `!`, part of the error text.
#[rustfmt::skip]
const CASES: &[(&str, &str, &str)] = &[
    // The examples of the README.
    ("/photos/cat.jpg?w=200&h=200", CHROME, "/w_200/h_200/webp/photos/cat.jpg"),
    ("/photos/cat.jpg?w=200&h=200", OLD, "/w_200/h_200/jpeg/photos/cat.jpg"),
    ("/photos/cat.jpg", CHROME, "/photos/cat.jpg"),
    ("/photos/cat.jpg?utm_source=mail&fbclid=1", CHROME, "/photos/cat.jpg"),
    ("/photos/cat.jpg?w=200&utm_source=mail", CHROME, "/w_200/webp/photos/cat.jpg"),
    // Sizes.
    ("/c.jpg?w=1", CHROME, "/w_1/webp/c.jpg"),
    ("/c.jpg?w=4096", CHROME, "/w_4096/webp/c.jpg"),
    ("/c.jpg?h=300", CHROME, "/w_auto/h_300/webp/c.jpg"),
    ("/c.jpg?h=200&w=100", CHROME, "/w_100/h_200/webp/c.jpg"),
    ("/c.jpg?w=4097", CHROME, "!w must be a whole number from 1 to 4096; got \"4097\""),
    ("/c.jpg?h=5000", CHROME, "!h must be a whole number from 1 to 4096; got \"5000\""),
    ("/c.jpg?w=16384", CHROME, "!w must be a whole number from 1"),
    ("/c.jpg?w=99999999999999999999", CHROME, "!got \"99999999999999999999\""),
    ("/c.jpg?w=%7BmaxWidth%7D", CHROME, "!w must be a whole number from 1 to 4096"),
    ("/c.jpg?w=640junk", CHROME, "!w must be a whole number"),
    ("/c.jpg?w=0640", CHROME, "!got \"0640\""),
    ("/c.jpg?w=0", CHROME, "!got \"0\""),
    ("/c.jpg?w=-1", CHROME, "!got \"-1\""),
    ("/c.jpg?w=+1", CHROME, "!got \" 1\""),
    ("/c.jpg?w=%2B1", CHROME, "!got \"+1\""),
    ("/c.jpg?w=1e3", CHROME, "!got \"1e3\""),
    ("/c.jpg?w=1.5", CHROME, "!got \"1.5\""),
    ("/c.jpg?w=0x10", CHROME, "!got \"0x10\""),
    ("/c.jpg?w=", CHROME, "!got \"\""),
    ("/c.jpg?w", CHROME, "!got \"\""),
    ("/c.jpg?w=auto", CHROME, "!got \"auto\""),
    ("/c.jpg?w=%D9%A1", CHROME, "!got \"١\""),
    ("/c.jpg?w=1%0D%0Ax", CHROME, "!got \"1\\r\\nx\""),
    ("/c.jpg?w=200%20", CHROME, "!; got"),
    ("/c.jpg?w=200&w=200", CHROME, "!w is given more than once"),
    ("/c.jpg?w=200&w=300", CHROME, "!w is given more than once"),
    ("/c.jpg?%77=200", CHROME, "/w_200/webp/c.jpg"),
    ("/c.jpg?w=%32%30%30", CHROME, "/w_200/webp/c.jpg"),
    ("/c.jpg?W=200", CHROME, "/c.jpg"),
    ("/c.jpg?&w=200&&", CHROME, "/w_200/webp/c.jpg"),
    ("/c.jpg?=5&w=200", CHROME, "/w_200/webp/c.jpg"),
    // Density.
    ("/c.jpg?w=200&dpr=2", CHROME, "/w_400/webp/c.jpg"),
    ("/c.jpg?w=200&h=101&dpr=1.5", CHROME, "/w_300/h_152/webp/c.jpg"),
    ("/c.jpg?w=200&dpr=1", CHROME, "/w_200/webp/c.jpg"),
    ("/c.jpg?w=200&dpr=4.0", CHROME, "/w_800/webp/c.jpg"),
    ("/c.jpg?w=2000&h=1000&dpr=4", CHROME, "/w_4096/h_2048/webp/c.jpg"),
    ("/c.jpg?dpr=2", CHROME, "/w_auto/webp/c.jpg"),
    ("/c.jpg?w=200&dpr=0.5", CHROME, "!dpr must be a number from 1 to 4"),
    ("/c.jpg?w=200&dpr=4.1", CHROME, "!got \"4.1\""),
    ("/c.jpg?w=200&dpr=5", CHROME, "!got \"5\""),
    ("/c.jpg?w=200&dpr=1.55", CHROME, "!got \"1.55\""),
    ("/c.jpg?w=200&dpr=1.", CHROME, "!got \"1.\""),
    ("/c.jpg?w=200&dpr=2x", CHROME, "!got \"2x\""),
    // Aspect ratio.
    ("/c.jpg?w=1200&ar=16:9", CHROME, "/w_1200/h_675/webp/c.jpg"),
    ("/c.jpg?w=200&ar=16:9", CHROME, "/w_200/h_113/webp/c.jpg"),
    ("/c.jpg?h=200&ar=16%3A9", CHROME, "/w_356/h_200/webp/c.jpg"),
    ("/c.jpg?ar=32:18&h=200&fit=contain&g=n", CHROME, "/w_356/h_200/fit_contain/g_n/webp/c.jpg"),
    ("/c.jpg?w=1&ar=100:1", CHROME, "/w_1/h_1/webp/c.jpg"),
    ("/c.jpg?w=333&ar=16:9&dpr=1.5", CHROME, "/w_500/h_281/webp/c.jpg"),
    ("/c.jpg?h=50&ar=1:100&dpr=2", CHROME, "/w_1/h_100/webp/c.jpg"),
    ("/c.jpg?h=101&ar=16:9&dpr=2", CHROME, "/w_359/h_202/webp/c.jpg"),
    ("/c.jpg?w=101&ar=9:16&dpr=2", CHROME, "/w_202/h_359/webp/c.jpg"),
    ("/c.jpg?w=3000&ar=3:4&dpr=2", CHROME, "/w_3072/h_4096/webp/c.jpg"),
    ("/c.jpg?w=4096&ar=1:2", CHROME, "/w_2048/h_4096/webp/c.jpg"),
    ("/c.jpg?ar=16:9", CHROME, "/w_4096/h_2304/fit_ratio/webp/c.jpg"),
    ("/c.jpg?ar=1:1&g=smart&dpr=2", OLD, "/w_4096/h_4096/fit_ratio/g_smart/jpeg/c.jpg"),
    ("/c.jpg?ar=1:2&fit=contain", CHROME, "/w_2048/h_4096/fit_ratio/webp/c.jpg"),
    ("/c.jpg?ar=2:1&f=thumbhash", CHROME, "/w_100/h_50/thumbhash/c.jpg"),
    ("/w_4096/h_2304/fit_ratio/webp/c.jpg", CHROME, "/w_4096/h_2304/fit_ratio/webp/c.jpg"),
    ("/c.jpg?w=200&h=100&ar=16:9", CHROME, "!ar takes w or h beside it, not both; got \"16:9\" with w \"200\" and h \"100\""),
    ("/c.jpg?d=200x100&ar=16:9", CHROME, "!ar takes w or h beside it, not both"),
    ("/c.jpg?ar=16:9&ar=16:9", CHROME, "!ar is given more than once"),
    ("/c.jpg?w=9&ar=16x9", CHROME, "!ar must be WIDTH:HEIGHT such as 16:9"),
    ("/c.jpg?w=9&ar=0:9", CHROME, "!got \"0:9\""),
    ("/c.jpg?w=9&ar=101:9", CHROME, "!got \"101:9\""),
    ("/c.jpg?w=5000&ar=1:1", CHROME, "!w must be a whole number from 1 to 4096; got \"5000\""),
    ("/w_200/ar_1:1/webp/c.jpg", OLD, "!must be /w_N/"),
    // Fit and gravity.
    ("/c.jpg?w=2&h=1&fit=cover", CHROME, "/w_2/h_1/webp/c.jpg"),
    ("/c.jpg?w=2&h=1&fit=contain", CHROME, "/w_2/h_1/fit_contain/webp/c.jpg"),
    ("/c.jpg?w=2&h=1&fit=inside", CHROME, "/w_2/h_1/fit_inside/webp/c.jpg"),
    ("/c.jpg?w=2&h=1&fit=outside", CHROME, "/w_2/h_1/fit_outside/webp/c.jpg"),
    ("/c.jpg?w=2&h=1&fit=fill", CHROME, "/w_2/h_1/fit_fill/webp/c.jpg"),
    ("/c.jpg?w=2&fit=fill", CHROME, "/w_2/webp/c.jpg"),
    ("/c.jpg?w=2&h=1&fit=crop", CHROME, "!fit must be cover, contain, inside, outside, fill or ratio"),
    ("/c.jpg?w=2&h=1&fit=Cover", CHROME, "!got \"Cover\""),
    ("/c.jpg?w=2&h=1&g=center", CHROME, "/w_2/h_1/webp/c.jpg"),
    ("/c.jpg?w=2&h=1&g=ne", CHROME, "/w_2/h_1/g_ne/webp/c.jpg"),
    ("/c.jpg?w=2&h=1&g=nw", CHROME, "/w_2/h_1/g_nw/webp/c.jpg"),
    ("/c.jpg?w=2&h=1&g=30.75", CHROME, "/w_2/h_1/g_30.75/webp/c.jpg"),
    ("/c.jpg?w=2&h=1&g=50.0", CHROME, "/w_2/h_1/g_n/webp/c.jpg"),
    ("/c.jpg?w=2&h=1&g=50.50", CHROME, "/w_2/h_1/webp/c.jpg"),
    ("/c.jpg?w=2&h=1&g=0.7", CHROME, "/w_2/h_1/g_0.7/webp/c.jpg"),
    ("/c.jpg?w=2&h=1&g=30.101", CHROME, "!g must be center, n, ne"),
    ("/c.jpg?w=2&h=1&g=30.075", CHROME, "!got \"30.075\""),
    ("/c.jpg?w=2&h=1&g=30", CHROME, "!got \"30\""),
    ("/c.jpg?w=2&h=1&g=north", CHROME, "!got \"north\""),
    ("/c.jpg?w=2&h=1&fit=inside&g=n", CHROME, "/w_2/h_1/fit_inside/webp/c.jpg"),
    ("/c.jpg?w=2&h=1&fit=contain&g=n", CHROME, "/w_2/h_1/fit_contain/g_n/webp/c.jpg"),
    ("/c.jpg?w=2&g=n", CHROME, "/w_2/webp/c.jpg"),
    ("/c.jpg?w=2&h=1&g=smart", CHROME, "/w_2/h_1/g_smart/webp/c.jpg"),
    ("/c.jpg?w=2&h=1&fit=cover&g=smart", CHROME, "/w_2/h_1/g_smart/webp/c.jpg"),
    ("/c.jpg?s=2x1&t=crop&g=smart", CHROME, "/w_2/h_1/g_smart/webp/c.jpg"),
    ("/c.jpg?w=2&h=1&fit=contain&g=smart", CHROME, "/w_2/h_1/fit_contain/webp/c.jpg"),
    ("/c.jpg?w=2&h=1&fit=inside&g=smart", CHROME, "/w_2/h_1/fit_inside/webp/c.jpg"),
    ("/c.jpg?w=2&h=1&fit=outside&g=smart", CHROME, "/w_2/h_1/fit_outside/webp/c.jpg"),
    ("/c.jpg?w=2&h=1&fit=fill&g=smart", CHROME, "/w_2/h_1/fit_fill/webp/c.jpg"),
    ("/c.jpg?h=1&g=smart", CHROME, "/w_auto/h_1/webp/c.jpg"),
    ("/c.jpg?w=2&h=1&g=Smart", CHROME, "!g must be center, n, ne, e, se, s, sw, w, nw, smart, or"),
    ("/c.jpg?w=2&h=1&g=smart.50", CHROME, "!got \"smart.50\""),
    // Format and quality.
    ("/c.jpg?f=webp", OLD, "/w_auto/webp/c.jpg"),
    ("/c.jpg?f=jpeg", CHROME, "/w_auto/jpeg/c.jpg"),
    ("/c.jpg?f=jpg", CHROME, "/w_auto/jpeg/c.jpg"),
    ("/c.jpg?f=png", CHROME, "/w_auto/png/c.jpg"),
    ("/c.jpg?f=gif", CHROME, "/w_auto/gif/c.jpg"),
    ("/c.jpg?f=auto", CHROME, "/w_auto/webp/c.jpg"),
    ("/c.jpg?f=auto", OLD, "/w_auto/jpeg/c.jpg"),
    ("/c.jpg?f=bmp", CHROME, "!f must be auto, webp, avif, jpeg (or jpg), png, gif, thumbhash or json"),
    ("/c.jpg?f=json", CHROME, "/w_auto/json/c.jpg"),
    ("/c.jpg?f=json&w=9&q=5&blur=2&sharpen=2&anim=0&v=1", CHROME, "/w_9/v_1/json/c.jpg"),
    ("/c.jpg?f=thumbhash&w=9&gray=1&q=5", CHROME, "/w_auto/gray_1/thumbhash/c.jpg"),
    ("/c.jpg?f=thumbhash&w=9&h=8&g=n&dpr=2", CHROME, "/w_100/h_89/g_n/thumbhash/c.jpg"),
    ("/c.jpg?f=thumbhash&w=9&h=8&fit=inside&bg=ff0000", CHROME, "/w_auto/thumbhash/c.jpg"),
    ("/w_auto/json/c.jpg", CHROME, "/w_auto/json/c.jpg"),
    ("/w_auto/q_5/json/c.jpg", CHROME, "!the path is not in its canonical spelling, which is /w_auto/json/c.jpg"),
    ("/w_9/thumbhash/c.jpg", CHROME, "!the path is not in its canonical spelling, which is /w_auto/thumbhash/c.jpg"),
    // Only `f` selects them. A key with such an extension is an object like any other.
    ("/c.jpg?w=9", "application/json,text/plain", "/w_9/jpeg/c.jpg"),
    ("/c.json?w=9", OLD, "/w_9/auto/c.json"),
    ("/c.json", CHROME, "/c.json"),
    ("/c.jpg?f=WEBP", CHROME, "!got \"WEBP\""),
    ("/c.jpg?f=", CHROME, "!got \"\""),
    ("/c.jpg?w=9&q=1", CHROME, "/w_9/q_1/webp/c.jpg"),
    ("/c.jpg?w=9&q=100", CHROME, "/w_9/q_100/webp/c.jpg"),
    ("/c.jpg?w=9&q=0", CHROME, "!q must be a whole number from 1 to 100"),
    ("/c.jpg?w=9&q=101", CHROME, "!got \"101\""),
    ("/c.jpg?w=9&q=080", CHROME, "!got \"080\""),
    ("/c.jpg?w=9&q=70&f=png", CHROME, "/w_9/png/c.jpg"),
    ("/c.jpg?q=70", CHROME, "/w_auto/q_70/webp/c.jpg"),
    // Background, animation, version.
    ("/c.jpg?w=9&bg=FF0000&f=jpeg", CHROME, "/w_9/bg_ff0000/jpeg/c.jpg"),
    ("/c.jpg?w=9&bg=ffffff&f=jpeg", CHROME, "/w_9/jpeg/c.jpg"),
    ("/c.jpg?w=9&bg=FF0000", CHROME, "/w_9/webp/c.jpg"),
    ("/c.jpg?w=9&h=9&fit=contain&bg=ff000080", CHROME, "/w_9/h_9/fit_contain/bg_ff000080/webp/c.jpg"),
    ("/c.jpg?w=9&h=9&fit=contain&bg=ff0000ff", CHROME, "/w_9/h_9/fit_contain/bg_ff0000/webp/c.jpg"),
    ("/c.jpg?w=9&h=9&fit=contain&bg=ff000080&f=jpeg", CHROME, "/w_9/h_9/fit_contain/bg_ff0000/jpeg/c.jpg"),
    ("/c?w=9&bg=ff0000", OLD, "/w_9/auto/c"),
    ("/c?w=9&h=9&fit=contain&bg=ff0000", OLD, "/w_9/h_9/fit_contain/bg_ff0000/auto/c"),
    ("/c.gif?w=9&h=9&fit=contain&bg=ff000080", OLD, "/w_9/h_9/fit_contain/bg_ff0000/gif/c.gif"),
    ("/c.gif?w=9&h=9&fit=contain&bg=ff00007f", OLD, "/w_9/h_9/fit_contain/bg_00000000/gif/c.gif"),
    ("/c.jpg?w=9&bg=red", CHROME, "!bg must be a colour as RRGGBB"),
    ("/c.jpg?w=9&bg=%23ff0000", CHROME, "!got \"#ff0000\""),
    ("/c.jpg?w=9&bg=ff00000", CHROME, "!got \"ff00000\""),
    ("/c.jpg?w=9&bg=%2Bff000", CHROME, "!got \"+ff000\""),
    ("/c.jpg?blur=2&w=9", CHROME, "/w_9/blur_2/webp/c.jpg"),
    ("/c.jpg?sharpen=1.5&blur=0.3", CHROME, "/w_auto/blur_0.3/sharpen_1.5/webp/c.jpg"),
    ("/c.jpg?blur=2.0", CHROME, "/w_auto/blur_2/webp/c.jpg"),
    ("/c.jpg?blur=100", CHROME, "/w_auto/blur_100/webp/c.jpg"),
    ("/c.jpg?blur=0.2", CHROME, "!blur must be a standard deviation in pixels from 0.3 to 100"),
    ("/c.jpg?blur=100.1", CHROME, "!got \"100.1\""),
    ("/c.jpg?blur=1.25", CHROME, "!got \"1.25\""),
    ("/c.jpg?blur=.5", CHROME, "!got \".5\""),
    ("/c.jpg?blur=5.", CHROME, "!got \"5.\""),
    ("/c.jpg?blur=05", CHROME, "!got \"05\""),
    ("/c.jpg?sharpen=-1", CHROME, "!got \"-1\""),
    ("/w_9/blur_2.0/webp/c.jpg", CHROME, "!"),
    ("/w_9/sharpen_1/blur_2/webp/c.jpg", CHROME, "!"),
    ("/w_9/blur_0.2/webp/c.jpg", CHROME, "!blur in the path must be"),
    ("/c.jpg?rot=90&w=9", CHROME, "/w_9/rot_90/webp/c.jpg"),
    ("/c.jpg?rot=270&flip=hv&gray=1", CHROME, "/w_auto/rot_90/gray_1/webp/c.jpg"),
    ("/c.jpg?rot=0", CHROME, "!rot must be 90, 180 or 270"),
    ("/c.jpg?rot=45", CHROME, "!got \"45\""),
    ("/c.jpg?flip=vh", CHROME, "!flip must be h, v or hv"),
    ("/c.jpg?gray=0", CHROME, "!gray must be 1"),
    ("/w_9/flip_h/rot_90/webp/c.jpg", CHROME, "!must be /w_N/"),
    ("/w_9/rot_45/webp/c.jpg", CHROME, "!rot in the path must be 90, 180 or 270"),
    ("/c.gif?w=9&anim=0", CHROME, "/w_9/anim_0/webp/c.gif"),
    ("/c.gif?w=9&anim=0&f=jpeg", CHROME, "/w_9/jpeg/c.gif"),
    ("/c.gif?w=9&anim=1", CHROME, "!anim must be 0"),
    ("/c.jpg?v=abc-_9", CHROME, "/w_auto/v_abc-_9/webp/c.jpg"),
    ("/c.jpg?v=a.b", CHROME, "!v must be 1 to 64"),
    ("/c.jpg?v=a/b", CHROME, "!got \"a/b\""),
    ("/c.jpg?v=", CHROME, "!got \"\""),
    ("/c.jpg?w=9&v=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", CHROME, "!got \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…\""),
    // Every option at once, in any order.
    ("/c.gif?gray=1&flip=v&rot=180&v=1&anim=0&q=7&g=se&fit=contain&h=8&w=9&bg=000000", CHROME, "/w_9/h_8/fit_contain/g_se/q_7/bg_000000/flip_h/gray_1/anim_0/v_1/webp/c.gif"),
    // Parameters of AWS's tutorials.
    ("/c.jpg?d=200x100", CHROME, "/w_200/h_100/webp/c.jpg"),
    ("/c.jpg?d=200x100&f=webp&q=80", OLD, "/w_200/h_100/q_80/webp/c.jpg"),
    ("/c.jpg?s=200x100&t=crop", CHROME, "/w_200/h_100/webp/c.jpg"),
    ("/c.jpg?s=200x100&t=contain", CHROME, "/w_200/h_100/fit_contain/webp/c.jpg"),
    ("/c.jpg?s=200x100&t=fill", CHROME, "/w_200/h_100/fit_fill/webp/c.jpg"),
    ("/c.jpg?d=200", CHROME, "!d must be WIDTHxHEIGHT"),
    ("/c.jpg?d=200X100", CHROME, "!got \"200X100\""),
    ("/c.jpg?d=0x100", CHROME, "!got \"0x100\""),
    ("/c.jpg?d=200x100x5", CHROME, "!got \"200x100x5\""),
    ("/c.jpg?s=200x100&t=pad", CHROME, "!t must be cover (or crop), contain"),
    ("/c.jpg?w=200&d=200x100", CHROME, "!d is given together with w, which sets the same"),
    ("/c.jpg?d=200x100&s=200x100", CHROME, "!s is given together with d"),
    ("/c.jpg?s=200x100&fit=fill&t=fill", CHROME, "!t is given together with fit"),
    ("/c.jpg?d=5000x100", CHROME, "!w must be a whole number from 1 to 4096; got \"5000\""),
    // Accept.
    ("/c.jpg?w=9", "image/webp", "/w_9/webp/c.jpg"),
    ("/c.jpg?w=9", "IMAGE/WebP", "/w_9/webp/c.jpg"),
    ("/c.jpg?w=9", " image/webp ; q=0.5 , */*", "/w_9/webp/c.jpg"),
    ("/c.jpg?w=9", "image/webp;q=0", "/w_9/jpeg/c.jpg"),
    ("/c.jpg?w=9", "image/webp;q=0.000,*/*", "/w_9/jpeg/c.jpg"),
    ("/c.jpg?w=9", "image/webp;Q=0.001", "/w_9/webp/c.jpg"),
    ("/c.jpg?w=9", "image/webp;q=", "/w_9/jpeg/c.jpg"),
    ("/c.jpg?w=9", "image/webp;q=2", "/w_9/jpeg/c.jpg"),
    ("/c.jpg?w=9", "image/webp;level=1;q=0.4", "/w_9/webp/c.jpg"),
    ("/c.jpg?w=9", "text/plain;x=\"a,image/webp\"", "/w_9/jpeg/c.jpg"),
    ("/c.jpg?w=9", "text/plain;x=\"a\\\",image/webp\",image/webp", "/w_9/webp/c.jpg"),
    ("/c.jpg?w=9", "image/webpx", "/w_9/jpeg/c.jpg"),
    ("/c.jpg?w=9", "*/*", "/w_9/jpeg/c.jpg"),
    ("/c.jpg?w=9", "image/*", "/w_9/jpeg/c.jpg"),
    ("/c.jpg?w=9", "", "/w_9/jpeg/c.jpg"),
    ("/c.jpg?w=9", ",,;,", "/w_9/jpeg/c.jpg"),
    ("/c.jpg?w=9", "image/png|image/webp", "/w_9/webp/c.jpg"),
    ("/c.jpg?w=9", "image/avif", "/w_9/jpeg/c.jpg"),
    // The original's own format, if `Accept` names none of the configured ones.
    ("/c.JPEG?w=9", OLD, "/w_9/jpeg/c.JPEG"),
    ("/c.png?w=9", OLD, "/w_9/png/c.png"),
    ("/c.gif?w=9", OLD, "/w_9/gif/c.gif"),
    ("/c.webp?w=9", OLD, "/w_9/auto/c.webp"),
    ("/c.tiff?w=9", OLD, "/w_9/auto/c.tiff"),
    ("/c?w=9", OLD, "/w_9/auto/c"),
    ("/a.jpg/c?w=9", OLD, "/w_9/auto/a.jpg/c"),
    ("/c?w=9", CHROME, "/w_9/webp/c"),
    // Keys.
    ("/my%20cat.jpg?w=9", CHROME, "/w_9/webp/my%20cat.jpg"),
    ("/a+b.jpg?w=9", CHROME, "/w_9/webp/a%2Bb.jpg"),
    ("/a%2Bb.jpg?w=9", CHROME, "/w_9/webp/a%2Bb.jpg"),
    ("/a+b.jpg", CHROME, "/a%2Bb.jpg"),
    ("/100%25.jpg?w=9", CHROME, "/w_9/webp/100%25.jpg"),
    ("/100%2525.jpg?w=9", CHROME, "/w_9/webp/100%2525.jpg"),
    ("/%E7%8C%AB.jpg?w=9", CHROME, "/w_9/webp/%E7%8C%AB.jpg"),
    ("/%e7%8c%ab.jpg?w=9", CHROME, "/w_9/webp/%E7%8C%AB.jpg"),
    ("/cat(1).jpg?w=9", CHROME, "/w_9/webp/cat%281%29.jpg"),
    ("/cat%281%29.jpg", CHROME, "/cat%281%29.jpg"),
    ("/a%3Fb%23c.jpg?w=9", CHROME, "/w_9/webp/a%3Fb%23c.jpg"),
    ("/w_wide/cat.jpg?w=9", CHROME, "/w_9/webp/w_wide/cat.jpg"),
    ("/h_200/webp/cat.jpg?w=9", CHROME, "/w_9/webp/h_200/webp/cat.jpg"),
    ("/webp/cat.jpg?w=9", CHROME, "/w_9/webp/webp/cat.jpg"),
    ("/", CHROME, "!the path names no picture"),
    ("/?w=9", CHROME, "!the path names no picture"),
    ("/photos/?w=9", CHROME, "!the path ends with a slash, as a folder's does"),
    ("/photos/", CHROME, "!the path ends with a slash, as a folder's does"),
    ("/a//b.jpg?w=9", CHROME, "!empty, '.' or '..' segment"),
    ("/a/../b.jpg?w=9", CHROME, "!empty, '.' or '..' segment"),
    ("/a/%2E%2E/b.jpg", CHROME, "!empty, '.' or '..' segment"),
    ("/a%00.jpg?w=9", CHROME, "!control character"),
    ("/a%zz.jpg?w=9", CHROME, "!two hexadecimal digits"),
    ("/a%FF.jpg?w=9", CHROME, "!not UTF-8"),
    // The canonical path may be requested directly.
    ("/w_200/h_200/webp/photos/cat.jpg", OLD, "/w_200/h_200/webp/photos/cat.jpg"),
    ("/w_auto/auto/cat", OLD, "/w_auto/auto/cat"),
    ("/w_auto/auto/cat.webp", OLD, "/w_auto/auto/cat.webp"),
    ("/w_auto/auto/cat.jpg", OLD, "!auto is for keys whose extension does not say the format; here it is jpeg"),
    ("/w_200/webp/cat.jpg?utm_source=x", OLD, "/w_200/webp/cat.jpg"),
    ("/w_200/webp/cat.jpg?h=3", OLD, "!h cannot be added to a path that is a variant already"),
    ("/w_200/webp/w_200/webp/cat.jpg", OLD, "!variant of a variant"),
    ("/w_5000/webp/cat.jpg", OLD, "!w must be a whole number from 1 to 4096; got \"5000\""),
    ("/w_16384/webp/cat.jpg", OLD, "!w in the path must be"),
    ("/w_0200/webp/cat.jpg", OLD, "!must be /w_N/"),
    ("/w_200/cat.jpg", OLD, "!must be /w_N/"),
    ("/w_200/webp", OLD, "!must be /w_N/"),
    ("/w_200/webp/", OLD, "!the path ends with a slash"),
    ("/w_200/tiff/cat.jpg", OLD, "!must be /w_N/"),
    ("/w_200/jpg/cat.jpg", OLD, "!must be /w_N/"),
    ("/w_200/q_80/h_200/webp/cat.jpg", OLD, "!must be /w_N/"),
    ("/w_200/h_200/h_200/webp/cat.jpg", OLD, "!must be /w_N/"),
    ("/w_200/q_101/webp/cat.jpg", OLD, "!q in the path must be a whole number from 1 to 100"),
    ("/w_200/h_200/g_50.0/webp/cat.jpg", OLD, "!canonical spelling, which is /w_200/h_200/g_n/webp/cat.jpg"),
    ("/w_200/h_200/g_smart/webp/cat.jpg", OLD, "/w_200/h_200/g_smart/webp/cat.jpg"),
    ("/w_200/g_smart/webp/cat.jpg", OLD, "!canonical spelling, which is /w_200/webp/cat.jpg"),
    ("/w_200/h_200/fit_contain/g_smart/webp/cat.jpg", OLD, "!canonical spelling, which is /w_200/h_200/fit_contain/webp/cat.jpg"),
    ("/w_200/fit_fill/webp/cat.jpg", OLD, "!canonical spelling, which is /w_200/webp/cat.jpg"),
    ("/w_200/h_200/fit_cover/webp/cat.jpg", OLD, "!canonical spelling, which is /w_200/h_200/webp/cat.jpg"),
    ("/w_200/bg_ff0000/auto/cat", OLD, "!canonical spelling, which is /w_200/auto/cat"),
    ("/w_200/q_80/png/cat.jpg", OLD, "!canonical spelling, which is /w_200/png/cat.jpg"),
    ("/w_200/bg_FF0000/jpeg/cat.jpg", OLD, "!must be /w_N/"),
    ("/w_200/bg_ff00000/jpeg/cat.jpg", OLD, "!bg in the path must be a colour as RRGGBB or RRGGBBAA in hexadecimal digits, without #; got \"ff00000\""),
    ("/w_200/webp/a+b.jpg", OLD, "!canonical spelling, which is /w_200/webp/a%2Bb.jpg"),
    ("/w_200/webp/%63at.jpg", OLD, "!canonical spelling, which is /w_200/webp/cat.jpg"),
    ("/%77_200/webp/cat.jpg", OLD, "!must be /w_N/"),
    ("/w%5F200/webp/cat.jpg", OLD, "!must be /w_N/"),
    ("/w_200%2Fwebp/cat.jpg", OLD, "!must be /w_N/"),
];

fn decide(url: &str, accept: &str, policy: &Policy) -> Result<String, String> {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let accept = Accept::parse(accept.split('|'));
    match ridge_contract::decide(path, query, &accept, policy) {
        Ok(Decision::Ready(route)) => Ok(route.uri()),
        Ok(Decision::Unsigned(needs)) => panic!("{url} needs a signature: {needs:?}"),
        Err(problem) => Err(problem.text),
    }
}

#[test]
fn the_table() {
    assert!(CASES.len() >= 120, "{}", CASES.len());
    let policy = Policy::default();
    for (url, accept, expected) in CASES {
        let got = decide(url, accept, &policy);
        match expected.strip_prefix('!') {
            None => assert_eq!(got.as_deref(), Ok(*expected), "{url} for {accept:?}"),
            Some(part) => {
                let text = got.expect_err(url);
                assert!(text.contains(part), "{url} for {accept:?} gave {text:?}");
                assert_eq!(text.lines().count(), 1, "{url} gave {text:?}");
            }
        }
    }
}

#[test]
fn what_was_rewritten_is_rewritten_to_itself() {
    let policy = Policy::default();
    for (url, accept, expected) in CASES.iter().filter(|(_, _, expected)| !expected.starts_with('!')) {
        assert_eq!(decide(expected, accept, &policy).as_deref(), Ok(*expected), "{url}");
    }
}

#[test]
fn auto_negotiates_every_image_url() {
    let policy = Policy::new(Config { auto: true, ..Config::default() });
    for (url, expected) in [
        ("/cat.jpg", "/w_auto/webp/cat.jpg"),
        ("/cat.JPG?utm_source=x", "/w_auto/webp/cat.JPG"),
        ("/cat.tiff", "/w_auto/webp/cat.tiff"),
        ("/cat.BMP", "/w_auto/webp/cat.BMP"),
        ("/cat.svg", "/cat.svg"),
        ("/cat", "/cat"),
        ("/w_auto/webp/cat.jpg", "/w_auto/webp/cat.jpg"),
    ] {
        assert_eq!(decide(url, CHROME, &policy).as_deref(), Ok(expected), "{url}");
    }
    // With `w_auto/webp/`, the key would be longer than S3's 1024 bytes.
    let long = format!("/{}.jpg", "a".repeat(1016));
    assert_eq!(decide(&long, CHROME, &policy).as_deref(), Ok(long.as_str()));
    assert!(decide(&format!("{long}?w=9"), CHROME, &policy).is_err());
}

#[test]
fn the_order_of_the_formats_decides() {
    let policy = Policy::new(Config::parse(r#"{"formats": ["avif", "webp"]}"#).unwrap());
    for (accept, path) in [
        (CHROME, "/w_9/avif/c.jpg"),
        ("image/webp,image/avif;q=0.1", "/w_9/avif/c.jpg"),
        ("image/webp", "/w_9/webp/c.jpg"),
        (OLD, "/w_9/jpeg/c.jpg"),
    ] {
        assert_eq!(decide("/c.jpg?w=9", accept, &policy), Ok(path.to_owned()), "{accept}");
    }
    assert_eq!(decide("/c.avif?w=9", OLD, &policy), Ok("/w_9/auto/c.avif".to_owned()));
    // AVIF would keep the first frame only.
    for (url, accept, path) in [
        ("/c.gif?w=9", CHROME, "/w_9/webp/c.gif"),
        ("/c.GIF?w=9", "image/avif", "/w_9/gif/c.GIF"),
        ("/c.gif?w=9&f=avif", CHROME, "/w_9/avif/c.gif"),
    ] {
        assert_eq!(decide(url, accept, &policy), Ok(path.to_owned()), "{url}");
    }
}

#[test]
fn a_ratio_follows_lists_and_presets() {
    let lists = r#""widths": [320, 640]"#;
    let preset = r#""presets": {"hero": "ar=16:9&w=1200", "square": "ar=1:1", "box": "w=96&h=48"}"#;
    for (json, url, expected) in [
        (lists.to_owned(), "/c.jpg?w=300&ar=16:9", Ok("/w_320/h_180/webp/c.jpg")),
        (lists.to_owned(), "/c.jpg?w=1&ar=16:9", Ok("/w_320/h_180/webp/c.jpg")),
        (lists.to_owned(), "/c.jpg?w=300&ar=16:9&dpr=2", Ok("/w_640/h_360/webp/c.jpg")),
        (lists.to_owned(), "/c.jpg?h=200&ar=3:2", Ok("/w_320/h_213/webp/c.jpg")),
        (lists.to_owned(), "/c.jpg?ar=16:9", Ok("/w_640/h_360/fit_ratio/webp/c.jpg")),
        (r#""heights": [100, 200]"#.to_owned(), "/c.jpg?w=240&ar=16:9", Ok("/w_356/h_200/webp/c.jpg")),
        (r#""heights": [100]"#.to_owned(), "/c.jpg?w=300&ar=1:1", Err("h must be 100; got \"300\"")),
        (
            r#""widths": [500], "otherwise": "reject""#.to_owned(),
            "/c.jpg?ar=3:2",
            Ok("/w_500/h_333/fit_ratio/webp/c.jpg"),
        ),
        (r#""widths": [500], "otherwise": "reject""#.to_owned(), "/c.jpg?w=501&ar=3:2", Err("w must be 500")),
        (preset.to_owned(), "/c.jpg?p=hero", Ok("/w_1200/h_675/webp/c.jpg")),
        (preset.to_owned(), "/c.jpg?p=hero&dpr=2", Ok("/w_2400/h_1350/webp/c.jpg")),
        (preset.to_owned(), "/c.jpg?p=hero&w=600", Ok("/w_600/h_338/webp/c.jpg")),
        (preset.to_owned(), "/c.jpg?p=hero&ar=1:1", Ok("/w_1200/h_1200/webp/c.jpg")),
        (preset.to_owned(), "/c.jpg?p=hero&h=9", Err("ar takes w or h beside it, not both")),
        (preset.to_owned(), "/c.jpg?p=hero&d=300x300", Ok("/w_300/h_300/webp/c.jpg")),
        (r#""heights": [101, 202, 404]"#.to_owned(), "/c.jpg?h=101&ar=16:9&dpr=2", Ok("/w_359/h_202/webp/c.jpg")),
        (r#""maxHeight": 16383"#.to_owned(), "/c.jpg?w=1000&ar=1:100", Ok("/w_164/h_16383/webp/c.jpg")),
        (
            r#""options": {}, "presets": {"soft": "q=50"}"#.to_owned(),
            "/c.jpg?p=soft&ar=1:1",
            Err("fit is not allowed: leave it out; got \"ratio\""),
        ),
        (preset.to_owned(), "/c.jpg?p=box&ar=1:1", Err("ar takes w or h beside it, not both")),
        (preset.to_owned(), "/c.jpg?p=square", Ok("/w_4096/h_4096/fit_ratio/webp/c.jpg")),
        (format!(r#""presetsOnly": true, {preset}"#), "/c.jpg?p=hero", Ok("/w_1200/h_675/webp/c.jpg")),
        (
            format!(r#""options": {{}}, {lists}, {preset}"#),
            "/c.jpg?p=square",
            Ok("/w_4096/h_4096/fit_ratio/webp/c.jpg"),
        ),
        (format!(r#""options": {{}}, {lists}"#), "/c.jpg?ar=1:1", Err("fit is not allowed")),
    ] {
        let policy = Policy::new(Config::parse(&format!("{{{json}}}")).unwrap());
        match (decide(url, CHROME, &policy), expected) {
            (Ok(path), Ok(expected)) => {
                assert_eq!(path, expected, "{url} under {json}");
                assert_eq!(decide(&path, CHROME, &policy), Ok(path.clone()), "{url} under {json}");
            }
            (Err(text), Err(part)) => assert!(text.contains(part), "{url} under {json} gave {text:?}"),
            (got, _) => panic!("{url} under {json} gave {got:?}"),
        }
    }
}

#[test]
fn the_configuration_bounds_sizes_and_formats() {
    let policy = Policy::new(Config::parse(r#"{"maxWidth": 1000, "maxHeight": 500, "formats": []}"#).unwrap());
    for (url, expected) in [
        ("/c.jpg?w=1000&h=500", Ok("/w_1000/h_500/jpeg/c.jpg")),
        ("/c.jpg?w=400&h=300&dpr=2", Ok("/w_667/h_500/jpeg/c.jpg")),
        ("/c.jpg?w=1001", Err("1 to 1000")),
        ("/c.jpg?h=501", Err("1 to 500")),
        ("/w_1001/webp/c.jpg", Err("1 to 1000")),
    ] {
        match (decide(url, CHROME, &policy), expected) {
            (Ok(path), Ok(expected)) => assert_eq!(path, expected, "{url}"),
            (Err(text), Err(part)) => assert!(text.contains(part), "{url} gave {text:?}"),
            (got, _) => panic!("{url} gave {got:?}"),
        }
    }
}
