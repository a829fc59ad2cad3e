import Node
import Scenario

extension Suite {
    /// The folder of the vectors: beside that of the specifications.
    var vectorFolder: String {
        var spec = folder
        while spec.hasSuffix("/"), spec.count > 1 { spec.removeLast() }
        let parent = Files.folder(of: spec)
        return parent == "." && !spec.hasPrefix("./") ? "Vectors" : (parent == "/" ? "" : parent) + "/Vectors"
    }
    /// Vectors of each protocol, by its name; nil when there is no such folder. What is wrong is kept in `diagnostics`.
    mutating func loadVectors() throws(Files.Failure) -> [String: [WireVector]]? {
        guard Files.kind(vectorFolder) == .folder else { return nil }
        var out: [String: [WireVector]] = [:]
        for d in library.definitions {
            let path = "\(vectorFolder)/\(d.name)"
            guard Files.kind(path) == .folder else { continue }
            for file in try Files.scenarios(in: path) {
                let source = try Files.source(file)
                sources[file] = source
                let (vectors, problems) = WireVector.load(source, requirements(d.name))
                diagnostics += problems
                out[d.name, default: []] += vectors
            }
        }
        return out
    }
}
