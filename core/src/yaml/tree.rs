//! The nodes of a YAML document, before it is decided what they mean.

/// A document.
#[derive(Debug, Default)]
pub(super) struct Tree {
    nodes: Vec<TreeNode>,
}

/// The place of a node in its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NodeId(usize);

#[derive(Debug)]
pub(super) struct TreeNode {
    pub(super) content: Content,
    /// Lines before it.
    pub(super) line: usize,
}

#[derive(Debug)]
pub(super) enum Content {
    Scalar {
        text: String,
        tag: Option<String>,
        is_plain: bool,
    },
    Sequence(Vec<NodeId>),
    /// Keys and values.
    Mapping(Vec<(NodeId, NodeId)>),
    Alias {
        name: String,
        of: NodeId,
    },
}

impl Tree {
    pub(super) fn add(&mut self, content: Content, line: usize) -> NodeId {
        self.nodes.push(TreeNode { content, line });
        NodeId(self.nodes.len() - 1)
    }

    /// The node in a place, which [`add`](Self::add) has given out.
    pub(super) fn get(&self, NodeId(place): NodeId) -> Option<&TreeNode> {
        self.nodes.get(place)
    }

    /// Gives a node its content, after its place was needed for an anchor.
    pub(super) fn set(&mut self, NodeId(place): NodeId, content: Content) {
        if let Some(node) = self.nodes.get_mut(place) {
            node.content = content;
        }
    }
}
