internal import Synchronization

/// The content of a fragment before it is applied for a scenario.
struct FragmentTree: Sendable {
    let root: YAMLNode
    let places: ScalarPositions
}

/// A cache of the trees of fragments by file name. An entry is valid only while the content of the file is the same.
final class FragmentTrees: Sendable {
    private let trees = Mutex<[String: (bytes: [UInt8], tree: FragmentTree)]>([:])

    subscript(file: SourceFile) -> FragmentTree? {
        get { trees.withLock { $0[file.name].flatMap { $0.bytes == file.bytes ? $0.tree : nil } } }
        set { trees.withLock { $0[file.name] = newValue.map { (file.bytes, $0) } } }
    }
}
