//! Text out of HTML, as tools put it where a line for people belongs.

/// Elements that tools write. Anything else in angle brackets is text: `<Default>` is the name of a policy.
const ELEMENTS: [&str; 24] = [
    "a", "abbr", "b", "br", "code", "div", "em", "font", "h1", "h2", "h3", "h4", "hr", "i", "img", "li", "ol", "p", "pre",
    "span", "strong", "sup", "u", "ul",
];
/// Elements that hold badges and links beside the text: they go with what is in them.
const BESIDE: &str = "div";
/// Characters that have names.
const ENTITIES: [(&str, char); 6] =
    [("&quot;", '"'), ("&#39;", '\''), ("&lt;", '<'), ("&gt;", '>'), ("&nbsp;", ' '), ("&amp;", '&')];

/// The text of `html` without tags, and without the blocks of links and badges after it; white space around it is trimmed. Text
/// without tags stays as it is.
pub(super) fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let (mut rest, mut beside) = (html, 0_u32);
    while let Some(at) = rest.find('<') {
        let (before, from) = rest.split_at(at);
        if beside == 0 {
            text.push_str(before);
        }
        let Some(tag) = Tag::at_start_of(from) else {
            if beside == 0 {
                text.push('<');
            }
            rest = from.get(1..).unwrap_or_default();
            continue;
        };
        if tag.name.eq_ignore_ascii_case(BESIDE) {
            beside = if tag.is_closing { beside.saturating_sub(1) } else { beside.saturating_add(1) };
        }
        rest = tag.rest;
    }
    if beside == 0 {
        text.push_str(rest);
    }
    decoded(text.trim())
}

/// A tag of one of [`ELEMENTS`].
struct Tag<'h> {
    name: &'h str,
    is_closing: bool,
    /// What stands behind it.
    rest: &'h str,
}

impl<'h> Tag<'h> {
    fn at_start_of(html: &'h str) -> Option<Self> {
        let inside = html.strip_prefix('<')?;
        let (is_closing, inside) = inside.strip_prefix('/').map_or((false, inside), |closing| (true, closing));
        let length = inside.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inside.len());
        let (name, after) = inside.split_at(length);
        let is_known = ELEMENTS.iter().any(|element| element.eq_ignore_ascii_case(name));
        let ends_there = after.starts_with(|c: char| c == '>' || c == '/' || c.is_whitespace());
        let (_, rest) = after.split_once('>').filter(|_| is_known && ends_there)?;
        Some(Self { name, is_closing, rest })
    }
}

/// `text` with its entities as characters, each once: `&amp;lt;` is `&lt;`.
fn decoded(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        decoded.push_str(before);
        let entity = ENTITIES.iter().find_map(|(name, character)| Some((from.strip_prefix(name)?, *character)));
        let (behind, character) = entity.unwrap_or((from.get(1..).unwrap_or_default(), '&'));
        decoded.push(character);
        rest = behind;
    }
    decoded + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_blocks_of_links_go_and_text_stays() {
        assert_eq!(plain("Admins <b>SHALL</b> use MFA."), "Admins SHALL use MFA.");
        let block = "Blocked.<div class='x'><a href='https://example.com/?a=1&b' title='>'>Link</a><div>in it</div> more</div>";
        assert_eq!(plain(block), "Blocked.");
        assert_eq!(plain("One<br/>two</p> <DIV\nid=1>badge</DIV>three"), "Onetwo three");
        assert_eq!(plain("cut off <div class='x'>badge"), "cut off");
    }

    #[test]
    fn angle_brackets_that_are_no_tags_stay() {
        for text in ["Rule A < B SHOULD hold for <Default> & others.", "a <bold> b", "x <a", "1 <2> 3 &unknown; &", "<>", ""] {
            assert_eq!(plain(text), text);
        }
    }

    #[test]
    fn entities_are_decoded_once() {
        assert_eq!(plain("&quot;free/busy&quot; &amp;lt; &lt;b&gt; it&#39;s"), "\"free/busy\" &lt; <b> it's");
    }
}
