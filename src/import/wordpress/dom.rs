//! Small steps on the tree that html5ever builds: reading text and attributes, making and measuring elements.
//! Nothing here knows about WordPress or Markdown.

use std::cell::RefCell;
use std::rc::Rc;

use html5ever::{Attribute, LocalName, QualName, ns};
use markup5ever_rcdom::{Node, NodeData};

/// A shared node of the tree.
pub(super) type Handle = Rc<Node>;

/// The tag of an element, or "" for every other node.
pub(super) fn tag(node: &Handle) -> &str {
    match &node.data {
        NodeData::Element { name, .. } => &name.local,
        _ => "",
    }
}

/// The value of an attribute, with surrounding white space removed.
pub(super) fn attr(node: &Handle, name: &str) -> Option<String> {
    let NodeData::Element { attrs, .. } = &node.data else {
        return None;
    };
    let attrs = attrs.borrow();
    let found = attrs.iter().find(|a| &*a.name.local == name)?;
    Some(found.value.trim().to_owned())
}

/// An element of the HTML namespace.
pub(super) fn element(tag: &str, attrs: &[(&str, &str)], children: Vec<Handle>) -> Handle {
    let attrs = attrs
        .iter()
        .map(|(name, value)| Attribute {
            name: QualName::new(None, ns!(), LocalName::from(*name)),
            value: (*value).into(),
        })
        .collect();
    let node = Node::new(NodeData::Element {
        name: QualName::new(None, ns!(html), LocalName::from(tag)),
        attrs: RefCell::new(attrs),
        template_contents: RefCell::new(None),
        mathml_annotation_xml_integration_point: false,
    });
    set_children(&node, children);
    node
}

/// A text node.
pub(super) fn text_node(text: &str) -> Handle {
    Node::new(NodeData::Text { contents: RefCell::new(text.into()) })
}

/// Makes `children` the children of `node`.
pub(super) fn set_children(node: &Handle, children: Vec<Handle>) {
    for child in &children {
        child.parent.set(Some(Rc::downgrade(node)));
    }
    *node.children.borrow_mut() = children;
}

/// The parent, if the node has one.
pub(super) fn parent(node: &Handle) -> Option<Handle> {
    let weak = node.parent.take();
    let parent = weak.as_ref().and_then(std::rc::Weak::upgrade);
    node.parent.set(weak);
    parent
}

/// The children as they are now.
pub(super) fn children(node: &Handle) -> Vec<Handle> {
    node.children.borrow().clone()
}

/// Takes the children out of a node. A child that moves must be taken: when a node of this tree is dropped, it empties
/// everything below it, shared or not.
pub(super) fn take(node: &Handle) -> Vec<Handle> {
    std::mem::take(&mut *node.children.borrow_mut())
}

/// The text below a node exactly as written, with `br` as a line feed.
pub(super) fn raw_text(node: &Handle) -> String {
    let mut out = String::new();
    walk(node, &mut |n| match &n.data {
        NodeData::Text { contents } => out.push_str(&contents.borrow()),
        NodeData::Element { .. } if tag(n) == "br" => out.push('\n'),
        _ => {}
    });
    out
}

/// Whether an element with one of these tags lies below `node`.
pub(super) fn contains(node: &Handle, tags: &[&str]) -> bool {
    let mut found = false;
    walk(node, &mut |n| {
        found |= !Rc::ptr_eq(n, node) && tags.contains(&tag(n));
    });
    found
}

/// Whether what is marked as code holds pictures, players or tables, and so is layout.
pub(super) fn holds_layout(node: &Handle) -> bool {
    contains(node, &["img", "table", "iframe", "video", "audio", "object", "embed", "pre"])
}

/// Calls `visit` for the node and all below it in document order, without recursion.
pub(super) fn walk(node: &Handle, visit: &mut dyn FnMut(&Handle)) {
    let mut stack = vec![node.clone()];
    while let Some(next) = stack.pop() {
        visit(&next);
        stack.extend(next.children.borrow().iter().rev().cloned());
    }
}

/// How many levels lie below the node.
pub(super) fn depth(node: &Handle) -> usize {
    let mut deepest = 0;
    let mut stack = vec![(node.clone(), 0)];
    while let Some((next, level)) = stack.pop() {
        deepest = deepest.max(level);
        stack.extend(next.children.borrow().iter().map(|c| (c.clone(), level + 1)));
    }
    deepest
}

/// The first element with this tag at or below the node.
pub(super) fn find(node: &Handle, wanted: &str) -> Option<Handle> {
    let mut stack = vec![node.clone()];
    while let Some(next) = stack.pop() {
        if tag(&next) == wanted {
            return Some(next);
        }
        stack.extend(next.children.borrow().iter().rev().cloned());
    }
    None
}

/// Elements that stand on lines of their own; around them words never join.
pub(super) fn is_block(tag: &str) -> bool {
    matches!(
        tag,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "frameset"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "head"
            | "header"
            | "hr"
            | "html"
            | "legend"
            | "li"
            | "main"
            | "menu"
            | "nav"
            | "noframes"
            | "ol"
            | "optgroup"
            | "option"
            | "p"
            | "pre"
            | "search"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "textarea"
            | "tfoot"
            | "th"
            | "thead"
            | "title"
            | "tr"
            | "ul"
    )
}

/// Elements whose text is never read by a visitor: code, data, and what stands in for a missing player.
pub(super) fn is_unread(tag: &str) -> bool {
    matches!(
        tag,
        "script"
            | "style"
            | "template"
            | "iframe"
            | "noframes"
            | "noembed"
            | "object"
            | "embed"
            | "video"
            | "audio"
            | "applet"
    )
}
