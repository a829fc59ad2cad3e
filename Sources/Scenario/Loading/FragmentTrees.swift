internal import Synchronization

/// What a fragment says, before it is known who uses it.
struct FragmentTree: Sendable {
    let root: YAMLNode
    let places: ScalarPositions
}

/// The trees of fragments by their files. A file whose content has changed is another one.
final class FragmentTrees: Sendable {
    private let trees = Mutex<[String: (bytes: [UInt8], tree: FragmentTree)]>([:])

    subscript(file: SourceFile) -> FragmentTree? {
        get { trees.withLock { $0[file.name].flatMap { $0.bytes == file.bytes ? $0.tree : nil } } }
        // swift
        set { trees.withLock { $0[file.name] = newValue.map { (file.bytes, $0) } } }
    }
}
